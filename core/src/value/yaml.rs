//! To come.
use super::Value;
use crate::error::{Error, Result};
pub(super) fn read(_text: &[u8]) -> Result<Value> {
    Err(Error::internal("to come"))
}
