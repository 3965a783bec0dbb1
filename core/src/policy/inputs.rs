//! What the expressions of a policy see: only what they read, borrowed from the change and the context.

use super::{Context, Policy};
use crate::{
    cel::Scope,
    error::Result,
    model::{Actions, ResourceChange, ResourceMode},
    value::Value,
};

/// What belongs into a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    Object,
    OldObject,
    Request,
    Actor,
    Stage,
    Resource(Member),
}

/// A member of `resource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Address,
    Type,
    Name,
    Provider,
    Mode,
    Actions,
    Replace,
    Provisioners,
}

impl Member {
    pub(super) const ALL: [Self; 8] = [
        Self::Address,
        Self::Type,
        Self::Name,
        Self::Provider,
        Self::Mode,
        Self::Actions,
        Self::Replace,
        Self::Provisioners,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Type => "type",
            Self::Name => "name",
            Self::Provider => "provider",
            Self::Mode => "mode",
            Self::Actions => "actions",
            Self::Replace => "replace",
            Self::Provisioners => "provisioners",
        }
    }
}

/// Lists that are the same for many resources.
pub(super) struct Lists {
    /// What `resource.actions` is, for each of [`Actions::ALL`].
    actions: Vec<Value>,
    empty: Value,
}

impl Lists {
    pub(super) fn new() -> Result<Self> {
        let list = |actions: &Actions| Value::texts(actions.words().iter().copied());
        let actions = Actions::ALL.iter().map(list).collect::<Result<_>>()?;
        Ok(Self { actions, empty: Value::texts([])? })
    }

    fn of(&self, actions: Actions) -> Option<&Value> {
        self.actions.get(actions.index())
    }
}

impl Policy {
    /// A scope with what stays the same from resource to resource.
    pub(super) fn scope<'a>(&'a self, context: &'a Context) -> Scope<'a> {
        let mut scope = Scope::with_slots(self.slots);
        for (slot, value) in &self.params {
            scope.lend(*slot, value);
        }
        for (slot, input) in &self.inputs {
            match input {
                Input::Request => scope.lend(*slot, &context.request),
                Input::Actor => scope.lend(*slot, &context.actor),
                Input::Stage => scope.lend(*slot, &context.stage),
                Input::Object | Input::OldObject | Input::Resource(_) => {}
            }
        }
        scope
    }

    /// Puts what differs from resource to resource into a scope, and takes the variables of another
    /// resource out of it.
    pub(super) fn show<'a>(&'a self, change: &'a ResourceChange, scope: &mut Scope<'a>) {
        for variable in &self.variables {
            scope.clear(variable.slot);
        }
        for (slot, input) in &self.inputs {
            match input {
                Input::Object => scope.lend(*slot, &change.after),
                Input::OldObject => scope.lend(*slot, &change.before),
                Input::Resource(member) => self.show_member(*member, change, *slot, scope),
                Input::Request | Input::Actor | Input::Stage => {}
            }
        }
    }

    fn show_member<'a>(
        &'a self,
        member: Member,
        change: &'a ResourceChange,
        slot: usize,
        scope: &mut Scope<'a>,
    ) {
        match member {
            Member::Address => scope.lend_text(slot, &change.address),
            Member::Type => scope.lend_text(slot, &change.type_name),
            Member::Name => scope.lend_text(slot, &change.name),
            Member::Provider => match &change.provider {
                Some(provider) => scope.lend_text(slot, provider),
                None => scope.set_null(slot),
            },
            Member::Mode => scope.lend_text(
                slot,
                match change.mode {
                    ResourceMode::Managed => "managed",
                    ResourceMode::Data => "data",
                    ResourceMode::Component => "component",
                },
            ),
            Member::Actions => match self.lists.of(change.actions) {
                Some(list) => scope.lend(slot, list),
                None => scope.clear(slot),
            },
            Member::Replace => scope.set_bool(slot, change.actions.replaces()),
            Member::Provisioners => {
                scope.lend(slot, change.provisioners.as_ref().unwrap_or(&self.lists.empty));
            }
        }
    }
}
