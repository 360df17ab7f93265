//! Memory that two processes see: not here, where a peer could shorten it under a mapping.

use rustix::io::{Errno, Result};
use std::convert::Infallible;
use std::ffi::CStr;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;

pub fn create(_name: &CStr, _length: usize) -> Result<OwnedFd> {
    Err(Errno::NOSYS)
}

pub fn length(_file: impl AsFd) -> Result<usize> {
    Err(Errno::NOSYS)
}

/// There is none.
#[derive(Debug)]
pub struct Memory(Infallible);

impl Memory {
    pub fn map(_file: impl AsFd, _length: usize) -> Result<Self> {
        Err(Errno::NOSYS)
    }

    pub fn map_unsealed(_file: impl AsFd, _length: usize) -> Result<Self> {
        Err(Errno::NOSYS)
    }

    pub fn populate(&self, _from: usize, _length: usize) -> Result<()> {
        match self.0 {}
    }

    pub fn discard(&self, _from: usize, _length: usize) -> Result<()> {
        match self.0 {}
    }

    pub fn start(&self) -> NonNull<u8> {
        match self.0 {}
    }

    pub fn length(&self) -> usize {
        match self.0 {}
    }
}

pub fn allocate(_file: impl AsFd, _length: usize) -> Result<()> {
    Err(Errno::NOSYS)
}

pub fn reserve(_file: impl AsFd, _length: usize) -> Result<()> {
    Err(Errno::NOSYS)
}
