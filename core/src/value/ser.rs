//! To come.
use super::Value;
use crate::error::{Error, Result};
pub(super) fn build<T: serde::Serialize + ?Sized>(_data: &T) -> Result<Value> {
    Err(Error::internal("to come"))
}
