//! Static types: gradual, so that what comes from documents is dynamic and only the rest is inferred.

/// What is known of a value before evaluation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// Nothing is known.
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Timestamp,
    Duration,
    /// The type of types.
    Meta,
    List(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Optional(Box<Type>),
    Ip,
    Cidr,
    Format,
    Quantity,
    Semver,
    Url,
}

impl Type {
    pub(super) fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    pub(super) fn map(key: Self, value: Self) -> Self {
        Self::Map(Box::new(key), Box::new(value))
    }

    pub(super) fn optional(value: Self) -> Self {
        Self::Optional(Box::new(value))
    }

    /// The name in messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Dyn => "dyn",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
            Self::Meta => "type",
            Self::List(_) => "list",
            Self::Map(..) => "map",
            Self::Optional(_) => "optional",
            Self::Ip => "ip",
            Self::Cidr => "cidr",
            Self::Format => "format",
            Self::Quantity => "quantity",
            Self::Semver => "semver",
            Self::Url => "url",
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Uint | Self::Double)
    }

    /// Whether a value of this type could be one of the other. Lists and maps always could: both
    /// may be empty.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dyn, _) | (_, Self::Dyn) => true,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }

    /// Whether a value of this type could equal one of the other: numbers of different types can.
    pub(super) fn may_equal(&self, other: &Self) -> bool {
        self.may_be(other) || (self.is_number() && other.is_number())
    }

    /// Whether values of the two types could be ordered.
    pub(super) fn may_compare(&self, other: &Self) -> bool {
        let ordered = |kind: &Self| {
            !matches!(
                kind,
                Self::Null
                    | Self::Meta
                    | Self::List(_)
                    | Self::Map(..)
                    | Self::Optional(_)
                    | Self::Ip
                    | Self::Cidr
                    | Self::Format
                    | Self::Url
            )
        };
        self.may_equal(other) && ordered(self) && ordered(other)
    }

    /// The type of a value that has either type.
    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::List(a), Self::List(b)) => Self::list(a.join(*b)),
            (Self::Map(k, v), Self::Map(l, w)) => Self::map(k.join(*l), v.join(*w)),
            (Self::Optional(a), Self::Optional(b)) => Self::optional(a.join(*b)),
            _ => Self::Dyn,
        }
    }
}

/// The type of a parameter or result in the table of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Dyn,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Timestamp,
    Duration,
    Type,
    /// An `int`, `uint` or `double`.
    Number,
    /// A list of anything.
    List,
    /// A list of text.
    Texts,
    /// A map of anything.
    Map,
    /// An optional of anything.
    Optional,
    Ip,
    Cidr,
    Format,
    Quantity,
    Semver,
    Url,
    /// As a result: the type of the first argument.
    Same,
    /// As a result: the element type of the first argument.
    Element,
    /// As a result: an optional of the type of the first argument.
    OptionalOf,
}

impl Shape {
    /// Whether an argument of the type may be given for this parameter.
    pub(super) fn accepts(self, argument: &Type) -> bool {
        match (self, argument) {
            (Self::Number, argument) => *argument == Type::Dyn || argument.is_number(),
            (Self::Texts, Type::List(element)) => element.may_be(&Type::Text),
            (shape, argument) => shape.result(&[]).may_be(argument),
        }
    }

    /// The type of a result, given the types of the arguments.
    pub(super) fn result(self, arguments: &[Type]) -> Type {
        let first = || arguments.first().cloned().unwrap_or(Type::Dyn);
        match self {
            Self::Dyn | Self::Number => Type::Dyn,
            Self::Bool => Type::Bool,
            Self::Int => Type::Int,
            Self::Uint => Type::Uint,
            Self::Double => Type::Double,
            Self::Text => Type::Text,
            Self::Bytes => Type::Bytes,
            Self::Timestamp => Type::Timestamp,
            Self::Duration => Type::Duration,
            Self::Type => Type::Meta,
            Self::List => Type::list(Type::Dyn),
            Self::Texts => Type::list(Type::Text),
            Self::Map => Type::map(Type::Dyn, Type::Dyn),
            Self::Optional => Type::optional(Type::Dyn),
            Self::Ip => Type::Ip,
            Self::Cidr => Type::Cidr,
            Self::Format => Type::Format,
            Self::Quantity => Type::Quantity,
            Self::Semver => Type::Semver,
            Self::Url => Type::Url,
            Self::Same => first(),
            Self::Element => match first() {
                Type::List(element) | Type::Optional(element) => *element,
                _ => Type::Dyn,
            },
            Self::OptionalOf => Type::optional(first()),
        }
    }
}
