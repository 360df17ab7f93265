mod end;
mod handles;
mod hostile;
mod many;
mod streams;
mod support;
