mod scaling;
mod yard;
