//! Foreign documents to ours: what Terraform and other tools write becomes plain data of the
//! [`model`](crate::model).
//!
//! Only the parts that are named here are kept, and nothing that a document marks as sensitive.

mod fields;
mod kubernetes;
mod marks;
mod pulumi;
mod record;
mod report;
mod resources;
mod sanitise;
mod taint;
mod terraform;

pub use kubernetes::{Declaration, Declarations};
pub use resources::{ResourceDocument, ResourcesDocument};
pub(crate) use terraform::without_keys;
