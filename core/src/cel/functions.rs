//! The table of functions: names, parameters, results and what they do.

use super::{
    convert, encode, format, lists, math, moment, naming, network, object, optional, pattern,
    program::Apply,
    quantity, semver, text,
    types::Shape::{self, *},
    url,
};

/// One way to call a function.
pub(super) struct Overload {
    pub(super) name: &'static str,
    /// Whether the first argument stands before the dot.
    pub(super) member: bool,
    pub(super) parameters: &'static [Shape],
    /// Whether more arguments like the last one may follow.
    pub(super) variadic: bool,
    pub(super) result: Shape,
    pub(super) apply: Apply,
}

const fn function(
    name: &'static str,
    parameters: &'static [Shape],
    result: Shape,
    apply: Apply,
) -> Overload {
    Overload { name, member: false, parameters, variadic: false, result, apply }
}

const fn member(
    name: &'static str,
    parameters: &'static [Shape],
    result: Shape,
    apply: Apply,
) -> Overload {
    Overload { name, member: true, parameters, variadic: false, result, apply }
}

const fn variadic(
    name: &'static str,
    parameters: &'static [Shape],
    result: Shape,
    apply: Apply,
) -> Overload {
    Overload { name, member: false, parameters, variadic: true, result, apply }
}

/// The namespaces of functions, which are no variables.
pub(super) const NAMESPACES: &[&str] =
    &["base64", "cel", "format", "ip", "lists", "math", "optional", "regex", "sets", "strings"];

/// The overloads of a name, in one style of calling.
pub(super) fn overloads(name: &str, member: bool) -> impl Iterator<Item = &'static Overload> {
    TABLE.iter().filter(move |overload| overload.name == name && overload.member == member)
}

/// The names of all functions, some more than once.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|overload| overload.name)
}

/// Whether a name is a function at all, in either style.
pub(super) fn exists(name: &str) -> bool {
    TABLE.iter().any(|overload| overload.name == name)
}

/// Whether the second argument of a function is a regular expression.
pub(super) fn takes_pattern(name: &str) -> bool {
    matches!(name, "matches" | "find" | "findAll") || name.starts_with("regex.")
}

/// The names that denote types, as `type()` gives them.
pub(super) fn type_name(name: &str) -> Option<&'static str> {
    const NAMES: &[&str] = &[
        "bool",
        "bytes",
        "double",
        "google.protobuf.Duration",
        "google.protobuf.Timestamp",
        "int",
        "list",
        "kubernetes.NamedFormat",
        "kubernetes.Quantity",
        "kubernetes.Semver",
        "kubernetes.URL",
        "map",
        "net.CIDR",
        "net.IP",
        "null_type",
        "optional_type",
        "string",
        "type",
        "uint",
    ];
    NAMES.iter().find(|known| **known == name).copied()
}

pub(super) static TABLE: &[Overload] = &[
    // Conversions.
    function("bool", &[Bool], Bool, convert::boolean),
    function("bool", &[Text], Bool, convert::boolean),
    function("bytes", &[Bytes], Bytes, convert::bytes),
    function("bytes", &[Text], Bytes, convert::bytes),
    function("double", &[Number], Double, convert::double),
    function("double", &[Text], Double, convert::double),
    function("duration", &[Duration], Duration, convert::duration),
    function("duration", &[Int], Duration, convert::duration),
    function("duration", &[Text], Duration, convert::duration),
    function("dyn", &[Dyn], Dyn, convert::dynamic),
    function("int", &[Number], Int, convert::int),
    function("int", &[Text], Int, convert::int),
    function("int", &[Timestamp], Int, convert::int),
    function("int", &[Duration], Int, convert::int),
    function("string", &[Text], Text, convert::string),
    function("string", &[Bytes], Text, convert::string),
    function("string", &[Bool], Text, convert::string),
    function("string", &[Number], Text, convert::string),
    function("string", &[Timestamp], Text, convert::string),
    function("string", &[Duration], Text, convert::string),
    function("string", &[Ip], Text, convert::string),
    function("string", &[Cidr], Text, convert::string),
    function("timestamp", &[Timestamp], Timestamp, convert::timestamp),
    function("timestamp", &[Int], Timestamp, convert::timestamp),
    function("timestamp", &[Text], Timestamp, convert::timestamp),
    function("type", &[Dyn], Type, convert::type_of),
    function("uint", &[Number], Uint, convert::uint),
    function("uint", &[Text], Uint, convert::uint),
    // Sizes.
    function("size", &[Text], Int, text::size),
    function("size", &[Bytes], Int, text::size),
    function("size", &[List], Int, text::size),
    function("size", &[Map], Int, text::size),
    member("size", &[Text], Int, text::size),
    member("size", &[Bytes], Int, text::size),
    member("size", &[List], Int, text::size),
    member("size", &[Map], Int, text::size),
    // Text.
    member("charAt", &[Text, Int], Text, text::char_at),
    member("contains", &[Text, Text], Bool, text::contains),
    member("endsWith", &[Text, Text], Bool, text::ends_with),
    member("format", &[Text, List], Text, format::format),
    member("indexOf", &[Text, Text], Int, lists::index_of),
    member("indexOf", &[Text, Text, Int], Int, lists::index_of),
    member("join", &[Texts], Text, text::join),
    member("join", &[Texts, Text], Text, text::join),
    member("lastIndexOf", &[Text, Text], Int, lists::last_index_of),
    member("lastIndexOf", &[Text, Text, Int], Int, lists::last_index_of),
    member("lowerAscii", &[Text], Text, text::lower),
    function("matches", &[Text, Text], Bool, pattern::matches),
    member("matches", &[Text, Text], Bool, pattern::matches),
    member("replace", &[Text, Text, Text], Text, text::replace),
    member("replace", &[Text, Text, Text, Int], Text, text::replace),
    member("split", &[Text, Text], Texts, text::split),
    member("split", &[Text, Text, Int], Texts, text::split),
    member("startsWith", &[Text, Text], Bool, text::starts_with),
    function("strings.quote", &[Text], Text, text::quote),
    member("substring", &[Text, Int], Text, text::substring),
    member("substring", &[Text, Int, Int], Text, text::substring),
    member("trim", &[Text], Text, text::trim),
    member("upperAscii", &[Text], Text, text::upper),
    function("base64.decode", &[Text], Bytes, encode::decode),
    function("base64.encode", &[Bytes], Text, encode::encode),
    member("find", &[Text, Text], Text, pattern::find),
    member("findAll", &[Text, Text], Texts, pattern::find_all),
    member("findAll", &[Text, Text, Int], Texts, pattern::find_all),
    function("regex.extract", &[Text, Text], Optional, pattern::extract),
    function("regex.extractAll", &[Text, Text], Texts, pattern::extract_all),
    function("regex.replace", &[Text, Text, Text], Text, pattern::replace),
    function("regex.replace", &[Text, Text, Text, Int], Text, pattern::replace),
    // Addresses and networks.
    function("cidr", &[Text], Cidr, network::cidr),
    member("containsCIDR", &[Cidr, Cidr], Bool, network::contains_cidr),
    member("containsCIDR", &[Cidr, Text], Bool, network::contains_cidr),
    member("containsIP", &[Cidr, Ip], Bool, network::contains_ip),
    member("containsIP", &[Cidr, Text], Bool, network::contains_ip),
    member("family", &[Ip], Int, network::family),
    function("ip", &[Text], Ip, network::ip),
    member("ip", &[Cidr], Ip, network::ip),
    function("ip.isCanonical", &[Text], Bool, network::is_canonical),
    function("isCIDR", &[Text], Bool, network::is_cidr),
    member("isGlobalUnicast", &[Ip], Bool, network::is_global_unicast),
    function("isIP", &[Text], Bool, network::is_ip),
    member("isLinkLocalMulticast", &[Ip], Bool, network::is_link_local_multicast),
    member("isLinkLocalUnicast", &[Ip], Bool, network::is_link_local_unicast),
    member("isLoopback", &[Ip], Bool, network::is_loopback),
    member("isMask", &[Cidr], Bool, network::is_mask),
    member("isUnspecified", &[Ip], Bool, network::is_unspecified),
    member("masked", &[Cidr], Cidr, network::masked),
    member("prefixLength", &[Cidr], Int, network::prefix_length),
    // Quantities.
    member("add", &[Quantity, Int], Quantity, quantity::add),
    member("add", &[Quantity, Quantity], Quantity, quantity::add),
    member("asApproximateFloat", &[Quantity], Double, quantity::as_double),
    member("asInteger", &[Quantity], Int, quantity::as_integer),
    member("compareTo", &[Quantity, Quantity], Int, object::compare_to),
    member("isGreaterThan", &[Quantity, Quantity], Bool, object::is_greater),
    member("isInteger", &[Quantity], Bool, quantity::is_integer),
    member("isLessThan", &[Quantity, Quantity], Bool, object::is_less),
    function("isQuantity", &[Text], Bool, quantity::is_quantity),
    function("quantity", &[Text], Quantity, quantity::quantity),
    member("sign", &[Quantity], Int, quantity::sign),
    member("sub", &[Quantity, Int], Quantity, quantity::subtract),
    member("sub", &[Quantity, Quantity], Quantity, quantity::subtract),
    // Versions.
    member("compareTo", &[Semver, Semver], Int, object::compare_to),
    member("isGreaterThan", &[Semver, Semver], Bool, object::is_greater),
    member("isLessThan", &[Semver, Semver], Bool, object::is_less),
    function("isSemver", &[Text], Bool, semver::is_semver),
    function("isSemver", &[Text, Bool], Bool, semver::is_semver),
    member("major", &[Semver], Int, semver::major),
    member("minor", &[Semver], Int, semver::minor),
    member("patch", &[Semver], Int, semver::patch),
    function("semver", &[Text], Semver, semver::semver),
    function("semver", &[Text, Bool], Semver, semver::semver),
    // Formats of names.
    function("format.byte", &[], Format, naming::byte),
    function("format.date", &[], Format, naming::date),
    function("format.datetime", &[], Format, naming::datetime),
    function("format.dns1035Label", &[], Format, naming::dns1035_label),
    function("format.dns1035LabelPrefix", &[], Format, naming::dns1035_label_prefix),
    function("format.dns1123Label", &[], Format, naming::dns1123_label),
    function("format.dns1123LabelPrefix", &[], Format, naming::dns1123_label_prefix),
    function("format.dns1123Subdomain", &[], Format, naming::dns1123_subdomain),
    function("format.dns1123SubdomainPrefix", &[], Format, naming::dns1123_subdomain_prefix),
    function("format.labelValue", &[], Format, naming::label_value),
    function("format.qualifiedName", &[], Format, naming::qualified_name),
    function("format.uri", &[], Format, naming::uri),
    function("format.uuid", &[], Format, naming::uuid),
    function("format.named", &[Text], Optional, naming::named),
    member("validate", &[Format, Text], Optional, naming::validate),
    // URLs.
    member("getEscapedPath", &[Url], Text, url::path),
    member("getHost", &[Url], Text, url::host),
    member("getHostname", &[Url], Text, url::hostname),
    member("getPort", &[Url], Text, url::port),
    member("getQuery", &[Url], Map, url::query),
    member("getScheme", &[Url], Text, url::scheme_of),
    function("isURL", &[Text], Bool, url::is_url),
    function("url", &[Text], Url, url::url),
    // Timestamps and durations.
    member("getDate", &[Timestamp], Int, moment::date),
    member("getDate", &[Timestamp, Text], Int, moment::date),
    member("getDayOfMonth", &[Timestamp], Int, moment::day_of_month),
    member("getDayOfMonth", &[Timestamp, Text], Int, moment::day_of_month),
    member("getDayOfWeek", &[Timestamp], Int, moment::day_of_week),
    member("getDayOfWeek", &[Timestamp, Text], Int, moment::day_of_week),
    member("getDayOfYear", &[Timestamp], Int, moment::day_of_year),
    member("getDayOfYear", &[Timestamp, Text], Int, moment::day_of_year),
    member("getFullYear", &[Timestamp], Int, moment::year),
    member("getFullYear", &[Timestamp, Text], Int, moment::year),
    member("getHours", &[Timestamp], Int, moment::hours),
    member("getHours", &[Timestamp, Text], Int, moment::hours),
    member("getHours", &[Duration], Int, moment::hours),
    member("getMilliseconds", &[Timestamp], Int, moment::milliseconds),
    member("getMilliseconds", &[Timestamp, Text], Int, moment::milliseconds),
    member("getMilliseconds", &[Duration], Int, moment::milliseconds),
    member("getMinutes", &[Timestamp], Int, moment::minutes),
    member("getMinutes", &[Timestamp, Text], Int, moment::minutes),
    member("getMinutes", &[Duration], Int, moment::minutes),
    member("getMonth", &[Timestamp], Int, moment::month),
    member("getMonth", &[Timestamp, Text], Int, moment::month),
    member("getSeconds", &[Timestamp], Int, moment::seconds),
    member("getSeconds", &[Timestamp, Text], Int, moment::seconds),
    member("getSeconds", &[Duration], Int, moment::seconds),
    // Lists and sets.
    member("distinct", &[List], Same, lists::distinct),
    member("first", &[List], Optional, lists::first),
    member("flatten", &[List], List, lists::flatten),
    member("flatten", &[List, Int], List, lists::flatten),
    member("indexOf", &[List, Dyn], Int, lists::index_of),
    member("isSorted", &[List], Bool, lists::is_sorted),
    member("last", &[List], Optional, lists::last),
    member("lastIndexOf", &[List, Dyn], Int, lists::last_index_of),
    member("max", &[List], Element, lists::max),
    member("min", &[List], Element, lists::min),
    function("lists.range", &[Int], List, lists::range),
    member("reverse", &[List], Same, lists::reverse),
    member("reverse", &[Text], Text, lists::reverse),
    member("slice", &[List, Int, Int], Same, lists::slice),
    member("sort", &[List], Same, lists::sort),
    member("sum", &[List], Element, lists::sum),
    function("sets.contains", &[List, List], Bool, lists::set_contains),
    function("sets.equivalent", &[List, List], Bool, lists::set_equivalent),
    function("sets.intersects", &[List, List], Bool, lists::set_intersects),
    // Numbers.
    function("math.abs", &[Number], Same, math::abs),
    function("math.bitAnd", &[Int, Int], Int, math::bit_and),
    function("math.bitAnd", &[Uint, Uint], Uint, math::bit_and),
    function("math.bitNot", &[Int], Int, math::bit_not),
    function("math.bitNot", &[Uint], Uint, math::bit_not),
    function("math.bitOr", &[Int, Int], Int, math::bit_or),
    function("math.bitOr", &[Uint, Uint], Uint, math::bit_or),
    function("math.bitShiftLeft", &[Int, Int], Int, math::shift_left),
    function("math.bitShiftLeft", &[Uint, Int], Uint, math::shift_left),
    function("math.bitShiftRight", &[Int, Int], Int, math::shift_right),
    function("math.bitShiftRight", &[Uint, Int], Uint, math::shift_right),
    function("math.bitXor", &[Int, Int], Int, math::bit_xor),
    function("math.bitXor", &[Uint, Uint], Uint, math::bit_xor),
    function("math.ceil", &[Double], Double, math::ceil),
    function("math.floor", &[Double], Double, math::floor),
    function("math.greatest", &[List], Element, math::greatest),
    variadic("math.greatest", &[Number], Number, math::greatest),
    function("math.isFinite", &[Double], Bool, math::is_finite),
    function("math.isInf", &[Double], Bool, math::is_infinite),
    function("math.isNaN", &[Double], Bool, math::is_nan),
    function("math.least", &[List], Element, math::least),
    variadic("math.least", &[Number], Number, math::least),
    function("math.round", &[Double], Double, math::round),
    function("math.sign", &[Number], Same, math::sign),
    function("math.sqrt", &[Number], Double, math::sqrt),
    function("math.trunc", &[Double], Double, math::trunc),
    // Optional values.
    member("hasValue", &[Optional], Bool, optional::has_value),
    function("optional.none", &[], Optional, optional::none),
    function("optional.of", &[Dyn], OptionalOf, optional::of),
    function("optional.ofNonZeroValue", &[Dyn], OptionalOf, optional::of_non_zero),
    function("optional.unwrap", &[List], List, optional::unwrap),
    member("unwrapOpt", &[List], List, optional::unwrap),
    member("value", &[Optional], Element, optional::value),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Where types are not known before evaluation, the first overload is called for all of them.
    #[test]
    fn overloads_of_one_name_do_the_same() {
        for overload in TABLE {
            for other in overloads(overload.name, overload.member) {
                assert!(std::ptr::fn_addr_eq(overload.apply, other.apply), "{}", overload.name);
            }
        }
    }

    #[test]
    fn functions_of_a_namespace_are_reached_by_it() {
        for overload in TABLE {
            if let Some((namespace, _)) = overload.name.split_once('.') {
                assert!(NAMESPACES.contains(&namespace), "{}", overload.name);
            }
        }
    }
}
