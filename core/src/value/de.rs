//! To come.
use super::Ref;
use crate::error::{Error, Result};
pub(super) fn deserialize<T>(_value: Ref<'_>) -> Result<T> {
    Err(Error::internal("to come"))
}
