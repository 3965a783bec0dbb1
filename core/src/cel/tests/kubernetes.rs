//! What authors of Kubernetes policies know: addresses, networks, quantities, versions and URLs.

use proptest::prelude::*;

use super::{
    language::{all_true, outcomes},
    *,
};

#[test]
fn addresses_and_networks() {
    all_true(&[
        "ip(object.ip).family() == 4 && ip('::1').isLoopback() && string(ip('0:0::1')) == '::1'",
        "isIP('10.0.0.1') && !isIP('10.0.0.01') && !isIP('10.0.0') && !isIP('::ffff:10.0.0.1')",
        "ip.isCanonical('::1') && !ip.isCanonical('0::1')",
        "cidr('10.0.0.0/8').containsIP(object.ip) && !cidr('10.0.0.0/16').containsIP(ip(object.ip))",
        "cidr('0.0.0.0/0').containsIP('1.2.3.4') && !cidr('0.0.0.0/0').containsIP('::1')",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))",
        "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.1.2.3/8').ip() == ip('10.1.2.3')",
        "cidr('2001:db8::1/32').masked() == cidr('2001:db8::/32') && cidr('::/0').containsIP('::1')",
        "cidr('10.0.0.0/8').prefixLength() == 8 && string(cidr('10.0.0.0/8')) == '10.0.0.0/8'",
        "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0/08') && !isCIDR('10.0.0.0')",
        "ip('8.8.8.8').isGlobalUnicast() && !ip('169.254.1.1').isGlobalUnicast() && ip('fe80::1').isLinkLocalUnicast()",
        "ip('224.0.0.9').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast() && ip('0.0.0.0').isUnspecified()",
    ]);
    outcomes(&[
        ("ip('x')", "cel.conversion"),
        ("cidr('10.0.0.0/8').containsIP('x')", "cel.conversion"),
        ("dyn(ip('1.1.1.1')) < dyn(ip('2.2.2.2'))", "cel.no_such_overload"),
    ]);
}

#[test]
fn an_address_within_another_is_that_address() {
    all_true(&[
        "ip('::ffff:c0a8:1') == ip('192.168.0.1') && ip('::ffff:c0a8:1').family() == 4",
        "cidr('192.168.0.0/16').containsIP('::ffff:c0a8:1') && !ip.isCanonical('::ffff:c0a8:1')",
        "!isIP('::ffff:192.168.0.1') && !isCIDR('::ffff:c0a8:0/112') && !isCIDR('::ffff:c0a8:0/24')",
        "cidr('10.0.0.0/8').isMask() && !cidr('10.0.0.1/8').isMask()",
        "type(ip('::1')) == net.IP && type(cidr('::/0')) == net.CIDR",
    ]);
}

#[test]
fn quantities() {
    all_true(&[
        "quantity('1Gi') > quantity('1G') && quantity('1000m') == quantity('1')",
        "quantity('500m').isLessThan(quantity('1')) && quantity('2').compareTo(quantity('1')) == 1",
        "quantity('-1') < quantity('-500m') && quantity('-1') < quantity('0') && quantity('-0') == quantity('0')",
        "quantity('1k').asInteger() == 1000 && !quantity('1.5').isInteger() && quantity('1.5').asApproximateFloat() == 1.5",
        "quantity('50.703k').asApproximateFloat() == 50703.0 && quantity('-5').asInteger() == -5",
        "quantity('-9223372036854775808').asInteger() == -9223372036854775807 - 1",
        "quantity('1').add(quantity('500m')) == quantity('1.5') && quantity('1').sub(2).sign() == -1",
        "quantity('1').sub(quantity('1')).sign() == 0 && quantity('50k').sub(-1) == quantity('50001')",
        "isQuantity('10Mi') && !isQuantity('10 Mi') && !isQuantity('200K') && !isQuantity('1,3G')",
        "!quantity('9999999999999999999999999999999999999G').isInteger()",
        "quantity('9999999999999999999999999999999999999').add(1) < quantity('9999999999999999999999999999999999999').add(2)",
        "type(quantity('1')) == kubernetes.Quantity",
    ]);
    outcomes(&[
        ("quantity('x')", "cel.conversion"),
        ("quantity('10Mo')", "cel.conversion"),
        ("quantity('1.5').asInteger()", "cel.conversion"),
        ("quantity('9223372036854775808').asInteger()", "cel.conversion"),
    ]);
}

#[test]
fn versions() {
    all_true(&[
        "semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3",
        "semver('1.0.0').isLessThan(semver('1.2.3')) && semver('1.2.3').isGreaterThan(semver('1.2.3-rc.1'))",
        "semver('1.2.3').compareTo(semver('2.0.0')) == -1 && semver('1.10.0') > semver('1.9.0')",
        "semver('1.2.3-alpha.1') < semver('1.2.3-alpha.beta') && semver('1.2.3-9') < semver('1.2.3-10')",
        "semver('1.2.3+a') == semver('1.2.3+b') && semver('1.2.3') != semver('1.2.4')",
        "isSemver('1.2.3-beta.1+build.1') && !isSemver('') && !isSemver('v1.0.0') && !isSemver('1.0')",
        "!isSemver('01.01.01') && !isSemver(' 1.0.0') && !isSemver('1.0.0 ') && !isSemver('1.2.3.4')",
        "semver('v01.01', true) == semver('1.1.0') && semver('1', true) == semver('1.0.0')",
        "semver('v1.2.003-rc.1', true) == semver('1.2.3-rc.1') && semver('00', true).major() == 0",
        "!isSemver('', true) && !isSemver('1. 0.0', true) && !isSemver('1.0-rc', true) && !isSemver('vv1', true)",
        "!isSemver('1.0.0', false) == false && [semver('2.0.0'), semver('1.0.0')].min() == semver('1.0.0')",
        "type(semver('1.0.0')) == kubernetes.Semver",
    ]);
    outcomes(&[
        ("semver('v1.0')", "cel.conversion"),
        ("semver('Three')", "cel.conversion"),
        ("semver('1.0+x', true)", "cel.conversion"),
        ("semver('99999999999999999999.0.0')", "cel.conversion"),
        ("semver('18446744073709551615.0.0').major()", "cel.overflow"),
        ("dyn(semver('1.0.0')).isLessThan(dyn(quantity('1')))", "cel.no_such_overload"),
    ]);
}

#[test]
fn formats() {
    let accepted = [
        ("byte", "aGVsbG8="),
        ("byte", ""),
        ("date", "2020-02-29"),
        ("datetime", "2020-01-01T00:00:00Z"),
        ("dns1035Label", "my-label-name"),
        ("dns1035LabelPrefix", "my-label-prefix-"),
        ("dns1123Label", "1-label"),
        ("dns1123LabelPrefix", "my-label-prefix-"),
        ("dns1123Subdomain", "apiextensions.k8s.io"),
        ("dns1123SubdomainPrefix", "mysubdomain.prefix.-"),
        ("labelValue", ""),
        ("labelValue", "my-cool_label.Value"),
        ("qualifiedName", "apiextensions.k8s.io/v1beta1"),
        ("qualifiedName", "My.name"),
        ("uri", "http://example.com"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
        ("uuid", "123E4567e89b12d3a456426614174000"),
    ];
    let long = "a".repeat(64);
    let refused = [
        ("byte", "aGVsbG8"),
        ("byte", "aGV=bG8="),
        ("date", "2020-01-32"),
        ("date", "2020-1-1"),
        ("datetime", "2020-01-01"),
        ("dns1035Label", "1-label"),
        ("dns1035LabelPrefix", "contains a space-"),
        ("dns1123Label", &long),
        ("dns1123Label", "-a"),
        ("dns1123Label", "Upper"),
        ("dns1123Label", ""),
        ("dns1123LabelPrefix", "-"),
        ("dns1123Subdomain", "a..b"),
        ("dns1123SubdomainPrefix", "a b-"),
        ("labelValue", "value!"),
        ("qualifiedName", "/name"),
        ("qualifiedName", "a/b/c"),
        ("qualifiedName", "a/"),
        ("uri", "../relative"),
        ("uuid", "123e4567-e89b-12d3-a456-42661417400"),
        ("uuid", "-123e4567-e89b-12d3-a456-426614174000"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000-"),
    ];
    let expression = |format: &str, text: &str, holds: &str| {
        format!("{holds}format.{format}().validate('{text}').hasValue()")
    };
    let accepted = accepted.iter().map(|(format, text)| expression(format, text, "!"));
    let refused = refused.iter().map(|(format, text)| expression(format, text, ""));
    let expressions: Vec<String> = accepted.chain(refused).collect();
    all_true(&expressions.iter().map(String::as_str).collect::<Vec<_>>());
    all_true(&[
        "format.named('uuid') == optional.of(format.uuid()) && format.uuid() != format.uri()",
        "!format.named('unknown').hasValue() && type(format.uri()) == kubernetes.NamedFormat",
        "format.dns1035Label().validate('1A').value().size() == 2",
    ]);
}

#[test]
fn urls() {
    all_true(&[
        "url('/path').getScheme() == '' && url('HTTPS://example.com/').getScheme() == 'https'",
        "url('https://example.com:80/').getHost() == 'example.com:80' && url('/path').getHost() == ''",
        "url('https://[::1]:80/').getHost() == '[::1]:80' && url('https://[::1]:80/').getHostname() == '::1'",
        "url('https://127.0.0.1:80/').getHostname() == '127.0.0.1' && url('https://[::1]/').getPort() == ''",
        "url('https://user:pass@example.com:80/path?query=val#fragment').getPort() == '80'",
        "url('https://example.com@other.org/').getHostname() == 'other.org'",
        "url('https://example.com').getEscapedPath() == '' && url('https://example.com/a%2Fb').getEscapedPath() == '/a%2Fb'",
        "url('https://example.com/with spaces/').getEscapedPath() == '/with%20spaces/'",
        "url('https://example.com/é?x#y').getEscapedPath() == '/%C3%A9'",
        "url('/p?k1=a&k2=b&k2=c').getQuery() == {'k1': ['a'], 'k2': ['b', 'c']}",
        "url('/p?a b=c+d&e=%26&f').getQuery() == {'a b': ['c d'], 'e': ['&'], 'f': ['']}",
        "url('/p?').getQuery() == {} && url('/p?a=%zz&b;c=1&d=1').getQuery() == {'d': ['1']}",
        "isURL('mailto:a@example.com') && url('mailto:a@example.com').getEscapedPath() == ''",
        "url('//example.com/p').getHost() == 'example.com' && url('http://b%C3%BCcher.example/').getHost() == 'bücher.example'",
        "isURL('/absolute-path') && !isURL('../relative-path') && !isURL('') && !isURL('path') && !isURL('#f')",
        "!isURL('https://a:b:c/') && !isURL('https://a:b/') && !isURL('https://[::1/') && !isURL('https://[zz]/')",
        "!isURL('https://exa mple.com/') && !isURL('https://a%20b/') && !isURL('/a%2') && !isURL('://x') && !isURL('/a\\nb')",
        "!isURL('https://a|b@example.com/') && !isURL('https://::1/')",
        "url('HTTP://example.com/') == url('http://example.com/') && url('/a') != url('/b')",
        "type(url('/')) == kubernetes.URL",
    ]);
    outcomes(&[
        ("url('https://a:b:c/')", "cel.conversion"),
        ("url('../relative-path')", "cel.conversion"),
    ]);
}

#[test]
fn what_does_not_go_together_is_refused() {
    let fixture = Fixture::new("{}");
    for source in [
        "quantity('1') < 1",
        "isSemver([1])",
        "semver('1.0.0').isLessThan(quantity('1'))",
        "url('/') < url('/')",
        "isIP(cidr('192.168.0.0/24'))",
    ] {
        assert_eq!(fixture.refused(source, Expected::Any).0, "policy.type", "{source}");
    }
}

/// Text that is a little like what the functions read.
fn nearly() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-+.:/%@#?&=;\\[\\]a-f0-9vkKMGimenu ]{0,24}",
        "(https?:)?//([a-z]+@)?([a-z.]{0,8}|\\[[0-9a-f:.%]{0,12}\\])(:[0-9]{0,4})?(/[a-z% é]{0,6})?([?][a-z&=%;+]{0,8})?(#[a-z]{0,3})?",
        "v?[0-9]{1,3}([.][0-9]{1,3}){0,3}(-[0-9a-z.]{0,6})?([+][0-9a-z.]{0,6})?",
        "[-+]?[0-9]{0,12}([.][0-9]{0,12})?([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]{0,4})?",
        any::<String>(),
    ]
}

proptest! {
    /// What a function says of a text is what reading the text comes to, and nothing panics.
    #[test]
    fn a_text_is_what_it_can_be_read_as(text in nearly()) {
        let document = serde_json::json!({ "text": text });
        let fixture = Fixture::new(&document.to_string());
        for (is, read) in [
            ("isURL(object.text)", "dyn(url(object.text)) != null"),
            ("isSemver(object.text)", "dyn(semver(object.text)) != null"),
            ("isSemver(object.text, true)", "dyn(semver(object.text, true)) != null"),
            ("isQuantity(object.text)", "dyn(quantity(object.text)) != null"),
            ("isIP(object.text)", "dyn(ip(object.text)) != null"),
            ("isCIDR(object.text)", "dyn(cidr(object.text)) != null"),
        ] {
            let expected = if fixture.word(is) == "true" { "true" } else { "cel.conversion" };
            prop_assert_eq!(fixture.word(read), expected, "{}", read);
        }
        // The parts of a URL are themselves such that the URL they make has them again.
        let parts = "isURL(object.text) && url(object.text).getHost() != '' ? \
            url('//' + url(object.text).getHost().replace('%', '%25') + url(object.text).getEscapedPath()).getEscapedPath() \
            == url(object.text).getEscapedPath() : true";
        prop_assert_eq!(fixture.word(parts), "true", "{}", text);
        let size = "url(object.text).getQuery().size() <= object.text.split('&').size()";
        prop_assert!(["true", "cel.conversion"].contains(&fixture.word(size).as_str()));
    }
}
