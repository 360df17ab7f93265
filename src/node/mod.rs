//! The addon: js/native.d.ts, one file per class. Thin: what is decided is decided below, in `process` and `ipc`.

mod arguments;
mod channel;
mod dispatch;
mod event_loop;
mod reactor;
mod spawn_sync;
mod uv;
mod wake;
mod watch;
