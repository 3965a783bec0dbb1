//! Makes expressions and documents, each from a number: typed, so that most of them evaluate.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

/// What an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Null,
    Ints,
    Texts,
    Lists,
    Map,
    /// An optional integer.
    Optional,
    /// Anything, hidden from checks by its type.
    Any,
}

/// A source of numbers: SplitMix64, which is the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn often(&mut self, of_ten: usize) -> bool {
        self.below(10) < of_ten
    }
}

/// The expression and the document of a number.
pub(crate) fn pair(number: u64) -> (String, Json) {
    let mut random = Random(number.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let document = document(&mut random);
    let mut generator = Generator { random, locals: Vec::new() };
    let depth = 1 + generator.random.below(5);
    (generator.observed(depth), document)
}

const WORDS: [&str; 12] =
    ["", "a", "b", "ab", "abc", "A", "é", "日本", "a b", "1", "true", "a,b,c"];
const INTS: [i64; 12] = [0, 1, 2, 3, -1, -7, 10, 100, 255, i64::MAX, i64::MIN, 1 << 53];

fn document(random: &mut Random) -> Json {
    let word = |random: &mut Random| random.pick(&WORDS);
    let int = |random: &mut Random| random.pick(&INTS);
    let ints: Vec<i64> = (0..random.below(5)).map(|_| int(random)).collect();
    let words: Vec<&str> = (0..random.below(5)).map(|_| word(random)).collect();
    let mut map = serde_json::Map::new();
    for _ in 0..random.below(4) {
        map.insert(random.pick(&["a", "b", "k", "x y"]).to_owned(), int(random).into());
    }
    let mut root = json!({
        "b": random.often(5), "i": int(random), "j": int(random), "d": random.pick(&[0.5, -1.5, 1e20, 3.25, 1e-9]),
        "s": word(random), "t": word(random), "l": ints, "w": words, "m": map, "n": null,
        "o": {"a": {"b": int(random), "s": word(random)}, "l": [{"k": int(random)}, {"k": int(random)}]},
    });
    if random.often(5)
        && let Some(root) = root.as_object_mut()
    {
        root.insert("q".to_owned(), int(random).into());
    }
    root
}

struct Generator {
    random: Random,
    locals: Vec<(String, Kind)>,
}

impl Generator {
    /// An expression whose result can be seen from outside.
    fn observed(&mut self, depth: usize) -> String {
        match self.random.below(10) {
            0..=5 => self.make(Kind::Bool, depth),
            6 => self.make(Kind::Text, depth),
            7 => format!("string({})", self.make(Kind::Int, depth)),
            8 => {
                let kind = self.random.pick(&[Kind::Uint, Kind::Double]);
                format!("string({})", self.make(kind, depth))
            }
            _ => {
                let list = self.make(Kind::Ints, depth);
                format!("({list}).map(z, string(z)).join('|')")
            }
        }
    }

    fn make(&mut self, kind: Kind, depth: usize) -> String {
        if depth == 0 || self.random.often(1) {
            return self.leaf(kind);
        }
        let depth = depth - 1;
        match kind {
            Kind::Bool => self.bool(depth),
            Kind::Int => self.int(depth),
            Kind::Uint => self.uint(depth),
            Kind::Double => self.double(depth),
            Kind::Text => self.text(depth),
            Kind::Bytes => {
                let text = self.make(Kind::Text, depth);
                format!("bytes({text})")
            }
            Kind::Null => "object.n".to_owned(),
            Kind::Ints | Kind::Texts => self.list(kind, depth),
            Kind::Lists => {
                format!("[{}, {}]", self.make(Kind::Ints, depth), self.make(Kind::Ints, depth))
            }
            Kind::Map => {
                let (a, b) = (self.make(Kind::Int, depth), self.make(Kind::Int, depth));
                format!("{{'a': {a}, 'b': {b}}}")
            }
            Kind::Optional => self.optional(depth),
            Kind::Any => {
                let kind = self.any_kind();
                format!("dyn({})", self.make(kind, depth))
            }
        }
    }

    fn any_kind(&mut self) -> Kind {
        self.random.pick(&[
            Kind::Bool,
            Kind::Int,
            Kind::Int,
            Kind::Uint,
            Kind::Double,
            Kind::Text,
            Kind::Bytes,
            Kind::Null,
            Kind::Ints,
            Kind::Texts,
            Kind::Map,
        ])
    }

    fn leaf(&mut self, kind: Kind) -> String {
        let fitting: Vec<String> = self
            .locals
            .iter()
            .filter(|(_, other)| *other == kind)
            .map(|(name, _)| name.clone())
            .collect();
        if !fitting.is_empty() && self.random.often(6) {
            return fitting[self.random.below(fitting.len())].clone();
        }
        match kind {
            Kind::Bool => self.random.pick(&["true", "false", "object.b", "object.b"]).to_owned(),
            Kind::Int => {
                if self.random.often(5) {
                    return self
                        .random
                        .pick(&[
                            "object.i",
                            "object.j",
                            "object.m.a",
                            "object.q",
                            "object.o.a.b",
                            "object.l[0]",
                            "object.o.l[1].k",
                            "size(object.s)",
                        ])
                        .to_owned();
                }
                match self.random.pick(&INTS) {
                    i64::MIN => "-9223372036854775808".to_owned(),
                    value => value.to_string(),
                }
            }
            Kind::Uint => format!("{}u", self.random.pick(&[0_u64, 1, 2, 7, 255, u64::MAX])),
            Kind::Double => self
                .random
                .pick(&["object.d", "0.5", "-0.0", "1.0", "2.5", "1e20", "-3.75", "0.1"])
                .to_owned(),
            Kind::Text => {
                if self.random.often(5) {
                    return self
                        .random
                        .pick(&["object.s", "object.t", "object.o.a.s", "object.w[0]"])
                        .to_owned();
                }
                format!("'{}'", self.random.pick(&WORDS))
            }
            Kind::Bytes => self
                .random
                .pick(&["b''", "b'a'", "b'ab'", "b'\\x00'", "bytes(object.s)"])
                .to_owned(),
            Kind::Null => "null".to_owned(),
            Kind::Ints => {
                self.random.pick(&["object.l", "[1, 2, 3]", "[]", "[3, 1, 2, 1]"]).to_owned()
            }
            Kind::Texts => {
                self.random.pick(&["object.w", "['a', 'b']", "[]", "['b', 'a', 'a']"]).to_owned()
            }
            Kind::Lists => self.random.pick(&["[object.l]", "[[1], [2, 3]]"]).to_owned(),
            Kind::Map => {
                self.random.pick(&["object.m", "{'a': 1}", "{}", "object.o.l[0]"]).to_owned()
            }
            Kind::Optional => self
                .random
                .pick(&[
                    "object.?q",
                    "optional.none()",
                    "optional.of(1)",
                    "object.l[?1]",
                    "object.m[?'a']",
                ])
                .to_owned(),
            Kind::Any => {
                let kind = self.any_kind();
                format!("dyn({})", self.leaf(kind))
            }
        }
    }

    /// A body that sees one more variable, and the variable's name.
    fn body(&mut self, variable: Kind, result: Kind, depth: usize) -> (String, String) {
        // Sometimes one that hides another.
        let name =
            if self.random.often(2) { "x".to_owned() } else { format!("x{}", self.locals.len()) };
        self.locals.push((name.clone(), variable));
        let body = self.make(result, depth);
        self.locals.pop();
        (name, body)
    }

    fn bool(&mut self, depth: usize) -> String {
        match self.random.below(20) {
            0 | 1 => {
                format!("({} && {})", self.make(Kind::Bool, depth), self.make(Kind::Bool, depth))
            }
            2 | 3 => {
                format!("({} || {})", self.make(Kind::Bool, depth), self.make(Kind::Bool, depth))
            }
            4 => format!("!({})", self.make(Kind::Bool, depth)),
            5 | 6 => {
                let kind = self.any_kind();
                let operator = self.random.pick(&["==", "!="]);
                format!("({} {operator} {})", self.make(kind, depth), self.make(kind, depth))
            }
            7 => {
                let operator = self.random.pick(&["==", "!="]);
                format!(
                    "({} {operator} {})",
                    self.make(Kind::Any, depth),
                    self.make(Kind::Any, depth)
                )
            }
            8 | 9 => {
                let kind = self.random.pick(&[
                    Kind::Int,
                    Kind::Int,
                    Kind::Uint,
                    Kind::Double,
                    Kind::Text,
                    Kind::Bool,
                    Kind::Bytes,
                ]);
                let operator = self.random.pick(&["<", "<=", ">", ">="]);
                format!("({} {operator} {})", self.make(kind, depth), self.make(kind, depth))
            }
            10 => {
                let kinds = [Kind::Int, Kind::Uint, Kind::Double];
                let (a, b) = (self.random.pick(&kinds), self.random.pick(&kinds));
                let operator = self.random.pick(&["<", "<=", ">", ">=", "==", "!="]);
                format!("(dyn({}) {operator} dyn({}))", self.make(a, depth), self.make(b, depth))
            }
            11 => match self.random.below(3) {
                0 => {
                    format!("({} in {})", self.make(Kind::Int, depth), self.make(Kind::Ints, depth))
                }
                1 => format!(
                    "({} in {})",
                    self.make(Kind::Text, depth),
                    self.make(Kind::Texts, depth)
                ),
                _ => {
                    format!("({} in {})", self.make(Kind::Text, depth), self.make(Kind::Map, depth))
                }
            },
            12 | 13 => {
                let (range, variable) = self.range();
                let range = self.make(range, depth);
                let (name, body) = self.body(variable, Kind::Bool, depth);
                let quantifier = self.random.pick(&["all", "exists", "exists_one"]);
                format!("({range}).{quantifier}({name}, {body})")
            }
            14 => {
                let field = self.random.pick(&[
                    "object.q",
                    "object.m.a",
                    "object.m.zz",
                    "object.o.a.b",
                    "object.n",
                    "object.l",
                    "{'a': null}.a",
                    "object.o.zz.b",
                ]);
                format!("has({field})")
            }
            15 => {
                let function = self.random.pick(&["startsWith", "endsWith", "contains"]);
                format!(
                    "({}).{function}({})",
                    self.make(Kind::Text, depth),
                    self.make(Kind::Text, depth)
                )
            }
            16 => {
                let pattern =
                    self.random.pick(&["^a", "b$", "[a-c]+", "a|b", "^$", ".", "\\\\d", "é"]);
                format!("({}).matches('{pattern}')", self.make(Kind::Text, depth))
            }
            17 => self.conditional(Kind::Bool, depth),
            18 => format!("({}).hasValue()", self.make(Kind::Optional, depth)),
            _ => {
                let kind = self.any_kind();
                let name = self.random.pick(&[
                    "bool",
                    "int",
                    "uint",
                    "double",
                    "string",
                    "bytes",
                    "list",
                    "map",
                    "type(null)",
                ]);
                format!("(type({}) == {name})", self.make(kind, depth))
            }
        }
    }

    fn conditional(&mut self, kind: Kind, depth: usize) -> String {
        format!(
            "({} ? {} : {})",
            self.make(Kind::Bool, depth),
            self.make(kind, depth),
            self.make(kind, depth)
        )
    }

    fn range(&mut self) -> (Kind, Kind) {
        self.random.pick(&[
            (Kind::Ints, Kind::Int),
            (Kind::Ints, Kind::Int),
            (Kind::Texts, Kind::Text),
            (Kind::Lists, Kind::Ints),
            (Kind::Map, Kind::Text),
        ])
    }

    fn arithmetic(&mut self, kind: Kind, depth: usize) -> String {
        let operators: &[&str] =
            if kind == Kind::Double { &["+", "-", "*"] } else { &["+", "-", "*", "/", "%"] };
        let operator = self.random.pick(operators);
        format!("({} {operator} {})", self.make(kind, depth), self.make(kind, depth))
    }

    fn int(&mut self, depth: usize) -> String {
        match self.random.below(14) {
            0..=3 => self.arithmetic(Kind::Int, depth),
            4 => format!("-({})", self.make(Kind::Int, depth)),
            5 => {
                let kind = self.random.pick(&[
                    Kind::Text,
                    Kind::Bytes,
                    Kind::Ints,
                    Kind::Texts,
                    Kind::Map,
                ]);
                format!("size({})", self.make(kind, depth))
            }
            6 => format!("({})[{}]", self.make(Kind::Ints, depth), self.random.below(4)),
            7 => {
                format!("({}).{}", self.make(Kind::Map, depth), self.random.pick(&["a", "b", "k"]))
            }
            8 => {
                let kind = self.random.pick(&[Kind::Uint, Kind::Double, Kind::Text, Kind::Int]);
                format!("int({})", self.make(kind, depth))
            }
            9 => self.conditional(Kind::Int, depth),
            10 => format!(
                "({}).orValue({})",
                self.make(Kind::Optional, depth),
                self.make(Kind::Int, depth)
            ),
            11 => {
                let function = self.random.pick(&["math.bitAnd", "math.bitOr", "math.bitXor"]);
                format!(
                    "{function}({}, {})",
                    self.make(Kind::Int, depth),
                    self.make(Kind::Int, depth)
                )
            }
            12 => {
                let function = self.random.pick(&["math.abs", "math.sign", "math.bitNot"]);
                format!("{function}({})", self.make(Kind::Int, depth))
            }
            _ => {
                let function = self.random.pick(&["indexOf", "lastIndexOf"]);
                format!(
                    "({}).{function}({})",
                    self.make(Kind::Text, depth),
                    self.make(Kind::Text, depth)
                )
            }
        }
    }

    fn uint(&mut self, depth: usize) -> String {
        match self.random.below(5) {
            0..=2 => self.arithmetic(Kind::Uint, depth),
            3 => {
                let kind = self.random.pick(&[Kind::Int, Kind::Double, Kind::Text]);
                format!("uint({})", self.make(kind, depth))
            }
            _ => self.conditional(Kind::Uint, depth),
        }
    }

    fn double(&mut self, depth: usize) -> String {
        match self.random.below(7) {
            0..=2 => self.arithmetic(Kind::Double, depth),
            3 if self.random.often(5) => format!("({} / 2.5)", self.make(Kind::Double, depth)),
            3 => format!("-({})", self.make(Kind::Double, depth)),
            4 => {
                let kind = self.random.pick(&[Kind::Int, Kind::Uint, Kind::Text]);
                format!("double({})", self.make(kind, depth))
            }
            5 => {
                let function =
                    self.random.pick(&["ceil", "floor", "round", "trunc", "abs", "sign", "sqrt"]);
                format!("math.{function}({})", self.make(Kind::Double, depth))
            }
            _ => self.conditional(Kind::Double, depth),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        match self.random.below(14) {
            0..=2 => {
                format!("({} + {})", self.make(Kind::Text, depth), self.make(Kind::Text, depth))
            }
            3 => {
                let kind =
                    self.random.pick(&[Kind::Int, Kind::Uint, Kind::Bool, Kind::Text, Kind::Bytes]);
                format!("string({})", self.make(kind, depth))
            }
            4 => format!("({})[{}]", self.make(Kind::Texts, depth), self.random.below(3)),
            5 => self.conditional(Kind::Text, depth),
            6 => {
                let function = self.random.pick(&["lowerAscii", "upperAscii", "trim"]);
                format!("({}).{function}()", self.make(Kind::Text, depth))
            }
            7 => format!("({}).charAt({})", self.make(Kind::Text, depth), self.random.below(4)),
            8 => format!("({}).substring({})", self.make(Kind::Text, depth), self.random.below(3)),
            9 => format!(
                "({}).substring({}, {})",
                self.make(Kind::Text, depth),
                self.random.below(2),
                self.random.below(4)
            ),
            10 => format!(
                "({}).replace({}, {})",
                self.make(Kind::Text, depth),
                self.make(Kind::Text, depth),
                self.make(Kind::Text, depth)
            ),
            11 => format!(
                "({}).join({})",
                self.make(Kind::Texts, depth),
                self.make(Kind::Text, depth)
            ),
            12 => format!("strings.quote({})", self.make(Kind::Text, depth)),
            _ => {
                let (verb, kind) = self.random.pick(&[
                    ("s", Kind::Int),
                    ("s", Kind::Text),
                    ("d", Kind::Int),
                    ("s", Kind::Bool),
                    ("x", Kind::Int),
                    ("b", Kind::Uint),
                    ("o", Kind::Int),
                    ("s", Kind::Ints),
                ]);
                format!("'<%{verb}>'.format([{}])", self.make(kind, depth))
            }
        }
    }

    fn list(&mut self, kind: Kind, depth: usize) -> String {
        let element = if kind == Kind::Ints { Kind::Int } else { Kind::Text };
        match self.random.below(12) {
            0 | 1 => {
                let mut list = String::from("[");
                for index in 0..self.random.below(4) {
                    let _ = write!(
                        list,
                        "{}{}",
                        if index == 0 { "" } else { ", " },
                        self.make(element, depth)
                    );
                }
                list + "]"
            }
            2 => format!("({} + {})", self.make(kind, depth), self.make(kind, depth)),
            3 | 4 => {
                let range = self.make(kind, depth);
                let (name, body) = self.body(element, Kind::Bool, depth);
                format!("({range}).filter({name}, {body})")
            }
            5 | 6 => {
                let other = self.random.pick(&[Kind::Ints, Kind::Texts]);
                let range = self.make(other, depth);
                let variable = if other == Kind::Ints { Kind::Int } else { Kind::Text };
                let (name, body) = self.body(variable, element, depth);
                format!("({range}).map({name}, {body})")
            }
            7 => {
                let range = self.make(kind, depth);
                let (name, body) = self.body(element, Kind::Bool, depth);
                let (_, result) = (0, self.make(element, depth));
                format!("({range}).map({name}, {body}, {result})")
            }
            8 => self.conditional(kind, depth),
            9 => {
                let function = self.random.pick(&["reverse", "distinct", "sort"]);
                format!("({}).{function}()", self.make(kind, depth))
            }
            10 if kind == Kind::Ints => format!("({}).flatten()", self.make(Kind::Lists, depth)),
            10 => format!(
                "({}).split({})",
                self.make(Kind::Text, depth),
                self.make(Kind::Text, depth)
            ),
            _ => format!(
                "({}).slice({}, {})",
                self.make(kind, depth),
                self.random.below(2),
                self.random.below(4)
            ),
        }
    }

    fn optional(&mut self, depth: usize) -> String {
        match self.random.below(5) {
            0 => format!("optional.of({})", self.make(Kind::Int, depth)),
            1 => format!(
                "({}).?{}",
                self.make(Kind::Map, depth),
                self.random.pick(&["a", "b", "zz"])
            ),
            2 => format!("({})[?{}]", self.make(Kind::Ints, depth), self.random.below(4)),
            3 => format!(
                "({}).or({})",
                self.make(Kind::Optional, depth),
                self.make(Kind::Optional, depth)
            ),
            _ => self.conditional(Kind::Optional, depth),
        }
    }
}
