mod streams;
mod support;
