//! What our deserializers have in common: most methods of serde's are one of ours, whatever the Rust type is called.

/// The methods of serde's `Deserializer` that are `bool`, `whole_number`, `text`, `null`, `list` or `map` of a deserializer of ours,
/// and whichever else it names.
macro_rules! forward {
    (@ $($ours:ident: $($method:ident $(($($unused:ty),+))?)+;)+) => {$($(
        fn $method<V: Visitor<'de>>(self, $($(_: $unused,)+)? visitor: V) -> Result<V::Value, Fault> {
            self.$ours(visitor)
        }
    )+)+};
    ($($more:tt)+) => {
        forward! { @
            bool: deserialize_bool;
            whole_number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
                deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64;
            text: deserialize_char deserialize_str deserialize_string deserialize_identifier;
            null: deserialize_unit deserialize_unit_struct(&'static str);
            list: deserialize_seq deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize);
            map: deserialize_map deserialize_struct(&'static str, &'static [&'static str]);
            $($more)+
        }
    };
}

pub(crate) use forward;
