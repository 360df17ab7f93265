//! The addon: js/native.d.ts, one file per class. Thin: what is decided is decided below, in `process` and `ipc`.

mod arguments;
mod broker;
mod channel;
mod collect;
mod dispatch;
mod event_loop;
mod hand_over;
mod handle;
mod local;
mod mailbox;
mod meta;
mod pipe;
mod pty;
mod pump;
mod reactor;
mod ring;
mod run_sync;
mod shared_array;
mod spawn_sync;
mod tree;
mod usage;
mod uv;
mod wake;
mod watch;
mod wire;
