//! Why an expression came out as it did.
//!
//! An explanation is made only once an expression has not given what was hoped for, by evaluating it
//! again part by part from the outside in, along the parts that decided: of `a && b` what made it false, of
//! `all` the elements that failed, and so on down to comparisons and calls, whose operands are shown. What
//! the parts come to is left to the evaluator, so that an explanation never contradicts a result. It has a
//! budget of its own kind; where that does not suffice there is no explanation, and the result stands.

mod excerpt;
mod reason;
mod show;

use cel::{
    IdedExpr,
    common::ast::{CallExpr, EntryExpr, Expr, operators},
};

pub use self::reason::{Element, Operand, Reason};

use self::excerpt::Tokens;
use super::{
    Budget, Environment, Program, Scope, Slot,
    compile::{self, Compiled},
    datum::{Datum, Eval, Stop},
    evaluate::{Evaluation, Items, Local},
    macros::{self, Macro, Unexpanded},
    meter::Meter,
    parse::{self, Parsed},
    program::{FoldKind, Node},
    scan,
};
use crate::limits;

/// How many elements of one list or map are shown to fail.
const ELEMENTS: usize = 3;
/// How many operands of one part are shown.
const OPERANDS: usize = 6;

/// What a slot holds the result of, so that explanations can go on there.
#[derive(Clone, Copy, Debug)]
pub struct Definition<'p> {
    /// The name that reasons give.
    pub name: &'p str,
    /// The slot.
    pub slot: usize,
    /// The expression whose result was set with [`Scope::set_outcome`].
    pub program: &'p Program,
}

impl Program {
    /// The parts of the expression that decided what it comes to in this scope, at most
    /// [`limits::EXPLANATION_REASONS`], in the order of the source; none if they cannot be told within
    /// the budget. Limits and what is spent are as with [`evaluate`](Self::evaluate).
    ///
    /// ```
    /// use poundlock::{
    ///     cel::{Budget, Environment, Expected, Program, Scope},
    ///     value::Value,
    /// };
    ///
    /// let mut environment = Environment::new();
    /// let object = environment.variable("object");
    /// let source = "has(object.owner) && object.ports.all(p, p < 1024)";
    /// let program = Program::compile(source, &environment, Expected::Bool)?;
    ///
    /// let mut scope = Scope::new(&environment);
    /// scope.set(object, Value::parse_json(br#"{"owner": "web", "ports": [80, 8080]}"#)?);
    /// let reasons = program.explain(&scope, &[], &mut Budget::new(10_000));
    /// assert_eq!(
    ///     reasons[0].to_string(),
    ///     "`p < 1024` at 1:42 is false for p = object.ports[1]: p is 8080"
    /// );
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    pub fn explain(
        &self,
        scope: &Scope<'_>,
        definitions: &[Definition<'_>],
        budget: &mut Budget,
    ) -> Vec<Reason> {
        let steps = budget.steps.min(limits::EVALUATION_STEPS);
        let bytes = limits::EVALUATION_BYTES.saturating_sub(scope.held);
        let mut explainer = Explainer {
            slots: &scope.slots,
            definitions,
            meter: Meter { steps, bytes },
            depth: 0,
            reasons: Vec::new(),
        };
        let explained = explainer.program(self, None);
        let left = explainer.meter.steps;
        budget.steps = budget.steps.saturating_sub(steps.saturating_sub(left));
        match explained {
            Ok(()) => explainer.reasons,
            Err(_) => Vec::new(),
        }
    }
}

/// An expression that is explained.
struct Text<'t> {
    source: &'t str,
    environment: &'t Environment,
    variable: Option<&'t str>,
    parsed: &'t Parsed,
    tokens: Tokens<'t>,
}

/// A variable of a macro around the part that is explained.
#[derive(Clone)]
struct Variable<'x> {
    name: &'x str,
    value: Local<'x>,
    /// The expression that it stands for, under as many locals.
    bound: Option<(&'x IdedExpr, usize)>,
    /// The element that it is. Of two variables, the second has it.
    element: Option<Element>,
}

/// What a condition came to.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Truth(bool),
    /// A value that is no truth value.
    Other,
    Stopped(Stop),
}

impl Seen {
    /// Whether both have no value for the same kind of reason.
    fn stopped_like(self, stop: Stop) -> bool {
        matches!(
            (self, stop),
            (Self::Stopped(Stop::Error { .. }), Stop::Error { .. })
                | (Self::Stopped(Stop::Unknown { .. }), Stop::Unknown { .. })
        )
    }
}

struct Explainer<'s> {
    slots: &'s [Slot<'s>],
    definitions: &'s [Definition<'s>],
    meter: Meter,
    /// How many parts within each other are being explained, through variables as well.
    depth: usize,
    reasons: Vec<Reason>,
}

impl<'s> Explainer<'s> {
    fn program(&mut self, program: &Program, variable: Option<&str>) -> Result<(), Stop> {
        self.meter.allocate(program.source.len())?;
        let Ok(parsed) = parse::parse(&program.source) else { return Ok(()) };
        let text = Text {
            source: &program.source,
            environment: &program.environment,
            variable,
            parsed: &parsed,
            tokens: Tokens::new(&program.source),
        };
        self.explain(&text, &parsed.root, &[])
    }

    /// Explains what a part came to.
    fn explain(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: &[Variable<'_>],
    ) -> Result<(), Stop> {
        if self.reasons.len() >= limits::EXPLANATION_REASONS {
            return Ok(());
        }
        let part = self.compile(text, at, locals)?;
        let value = self.evaluate(&part, locals)?;
        if self.depth >= limits::EXPRESSION_DEPTH {
            return self.reason(text, at, locals, &value, None);
        }
        self.depth = self.depth.saturating_add(1);
        let before = self.reasons.len();
        self.define(text, at, &part, locals)?;
        if self.reasons.len() == before {
            match &value {
                Ok(Datum::Bool(truth)) => self.decided(text, at, locals, *truth, &value)?,
                Ok(_) => self.reason(text, at, locals, &value, None)?,
                Err(stop) => self.undecided(text, at, locals, *stop)?,
            }
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Goes on in what a name stands for, if it stands for another expression.
    fn define(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        part: &Compiled,
        locals: &[Variable<'_>],
    ) -> Result<(), Stop> {
        let root = usize::try_from(part.root).ok().and_then(|root| part.nodes.get(root));
        match root {
            Some(Node::Slot(slot)) => {
                let definition = self.definitions.iter().find(|known| known.slot == *slot);
                match definition {
                    Some(definition) => self.program(definition.program, Some(definition.name)),
                    None => Ok(()),
                }
            }
            Some(Node::Local(_)) => {
                let name = macros::simple_name(at).unwrap_or_default();
                let local = locals.iter().rev().find(|local| local.name == name);
                match local.and_then(|local| local.bound) {
                    Some((bound, under)) => {
                        self.explain(text, bound, locals.get(..under).unwrap_or_default())
                    }
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Explains a part that came to a truth value.
    fn decided(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: &[Variable<'_>],
        truth: bool,
        value: &Eval<'_>,
    ) -> Result<(), Stop> {
        if let Some(fold) = macro_of(at) {
            return self.quantified(text, at, locals, &fold, value);
        }
        let Expr::Call(call) = &at.expr else {
            return self.reason(text, at, locals, value, None);
        };
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [left, right]) => {
                for side in [left, right] {
                    if self.see(text, side, locals)? == Seen::Truth(truth) {
                        self.explain(text, side, locals)?;
                    }
                }
                Ok(())
            }
            (operators::LOGICAL_NOT, [operand]) => self.explain(text, operand, locals),
            (operators::CONDITIONAL, [condition, yes, no]) => {
                self.explain(text, condition, locals)?;
                let taken = self.see(text, condition, locals)? == Seen::Truth(true);
                self.explain(text, if taken { yes } else { no }, locals)
            }
            _ => match bind_of(call) {
                Some((name, bound, body)) => self.bind(text, locals, name, bound, body),
                None => self.reason(text, at, locals, value, None),
            },
        }
    }

    /// Explains a part that has no value: because parts of it have none, or by itself.
    fn undecided(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: &[Variable<'_>],
        stop: Stop,
    ) -> Result<(), Stop> {
        let before = self.reasons.len();
        if let Some(fold) = macro_of(at) {
            if self.see(text, fold.range, locals)?.stopped_like(stop) {
                return self.explain(text, fold.range, locals);
            }
            let parts: Vec<&IdedExpr> = fold.filter.into_iter().chain([fold.body]).collect();
            self.elements(text, locals, &fold, &parts, |seen| seen.stopped_like(stop))?;
        } else if let Some((name, bound, body)) = call_of(at).and_then(bind_of) {
            self.bind(text, locals, name, bound, body)?;
        } else if let Some([condition, yes, no]) = conditional(at) {
            let taken = match self.see(text, condition, locals)? {
                Seen::Truth(true) => yes,
                Seen::Truth(false) => no,
                _ => condition,
            };
            self.explain(text, taken, locals)?;
        } else if !is_lazy(at) {
            for operand in operands(at) {
                if self.see(text, operand, locals)?.stopped_like(stop) {
                    self.explain(text, operand, locals)?;
                }
            }
        }
        if self.reasons.len() > before {
            return Ok(());
        }
        if let Stop::Unknown { .. } = stop {
            self.partly(text, at, locals)?;
        }
        if self.reasons.len() == before {
            self.reason(text, at, locals, &Err(stop), None)?;
        }
        Ok(())
    }

    /// The operands that hold something that cannot be seen.
    fn partly(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: &[Variable<'_>],
    ) -> Result<(), Stop> {
        for operand in operands(at).into_iter().filter(|operand| !is_container_of(at, operand)) {
            let part = self.compile(text, operand, locals)?;
            let value = self.evaluate(&part, locals)?;
            if let Ok(datum) = &value
                && let Err(stop) = datum.marks().check()
            {
                self.reason(text, operand, locals, &Err(stop), Some("in part".to_owned()))?;
            }
        }
        Ok(())
    }

    /// Explains a macro that came to a truth value, or to anything else.
    fn quantified(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: &[Variable<'_>],
        fold: &Macro<'_>,
        value: &Eval<'_>,
    ) -> Result<(), Stop> {
        let before = self.reasons.len();
        let deciding = match (fold.kind, value) {
            (FoldKind::All, Ok(Datum::Bool(false))) => Some(false),
            (FoldKind::Exists, Ok(Datum::Bool(true))) => Some(true),
            _ => None,
        };
        let wanted = |seen| match deciding {
            Some(deciding) => seen == Seen::Truth(deciding),
            None => false,
        };
        let counted = self.elements(text, locals, fold, &[fold.body], wanted)?;
        if self.reasons.len() > before {
            return Ok(());
        }
        let note = format!("true for {} of {} elements", counted.held, counted.visited);
        self.reason(text, at, locals, value, Some(note))
    }

    /// Visits the elements of a macro and explains the first few parts that are wanted.
    fn elements(
        &mut self,
        text: &Text<'_>,
        locals: &[Variable<'_>],
        fold: &Macro<'_>,
        parts: &[&IdedExpr],
        wanted: impl Fn(Seen) -> bool,
    ) -> Result<Counted, Stop> {
        let mut counted = Counted::default();
        let range = self.compile(text, fold.range, locals)?;
        let Ok(range) = self.evaluate(&range, locals)? else { return Ok(counted) };
        let over_list = matches!(range, Datum::List(_));
        let Ok(items) = Items::new(range) else { return Ok(counted) };
        let of = self.source(text, fold.range)?;
        let names = || fold.variables.iter().copied();
        let all_names = || locals.iter().map(|local| local.name).chain(names());
        let mut compiled = Vec::new();
        for part in parts {
            compiled.push((*part, self.compile_under(text, part, all_names())?));
        }
        let mut explained: usize = 0;
        for (first, second) in items {
            self.meter.spend(1)?;
            counted.visited = counted.visited.saturating_add(1);
            let key = show::result(&mut self.meter, &Ok(first.clone()))?;
            let values = match fold.variables.len() {
                1 if over_list => vec![second],
                1 => vec![Local::Value(Ok(first))],
                _ => vec![Local::Value(Ok(first)), second],
            };
            let mut inner = locals.to_vec();
            for (name, value) in names().zip(values) {
                inner.push(Variable { name, value, bound: None, element: None });
            }
            if let Some(last) = inner.last_mut() {
                let variable = fold.variables.join(", ");
                last.element = Some(Element { variable, of: of.clone(), at: key });
            }
            for (part, compiled) in &compiled {
                let seen = seen(&self.evaluate(compiled, &inner)?);
                counted.held = counted.held.saturating_add(u64::from(seen == Seen::Truth(true)));
                if wanted(seen) {
                    self.explain(text, part, &inner)?;
                    explained = explained.saturating_add(1);
                    break;
                }
            }
            if explained >= ELEMENTS {
                break;
            }
        }
        Ok(counted)
    }

    fn bind(
        &mut self,
        text: &Text<'_>,
        locals: &[Variable<'_>],
        name: &str,
        bound: &IdedExpr,
        body: &IdedExpr,
    ) -> Result<(), Stop> {
        let part = self.compile(text, bound, locals)?;
        let value = self.evaluate(&part, locals)?;
        let mut inner = locals.to_vec();
        let value = Local::Value(value);
        inner.push(Variable { name, value, bound: Some((bound, locals.len())), element: None });
        self.explain(text, body, &inner)
    }

    /// Adds a part with its operands.
    fn reason(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: &[Variable<'_>],
        value: &Eval<'_>,
        note: Option<String>,
    ) -> Result<(), Stop> {
        let mut shown = Vec::new();
        let operands =
            if macro_of(at).is_some() || is_lazy(at) { Vec::new() } else { operands(at) };
        let steps = |operand: &&&IdedExpr| !is_constant(operand) && !is_container_of(at, operand);
        for operand in operands.iter().filter(steps).take(OPERANDS) {
            let part = self.compile(text, operand, locals)?;
            let value = self.evaluate(&part, locals)?;
            shown.push(Operand {
                expression: self.source(text, operand)?,
                result: show::result(&mut self.meter, &value)?,
            });
        }
        let (start, _) = text.tokens.span(text.parsed, at);
        let position = scan::position(text.source, start);
        let reason = Reason {
            variable: text.variable.map(str::to_owned),
            expression: self.source(text, at)?,
            line: position.line,
            column: position.column,
            result: show::result(&mut self.meter, value)?,
            elements: locals.iter().filter_map(|local| local.element.clone()).collect(),
            operands: shown,
            note,
        };
        if self.reasons.len() < limits::EXPLANATION_REASONS && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
        Ok(())
    }

    /// The source text of a part.
    fn source(&mut self, text: &Text<'_>, at: &IdedExpr) -> Result<String, Stop> {
        // Finding where the part ends reads the source once for each level.
        self.meter.read(text.source.len().saturating_mul(8))?;
        let (start, end) = text.tokens.span(text.parsed, at);
        Ok(show::source(text.source.get(start..end).unwrap_or_default()))
    }

    fn see(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: &[Variable<'_>],
    ) -> Result<Seen, Stop> {
        let part = self.compile(text, at, locals)?;
        Ok(seen(&self.evaluate(&part, locals)?))
    }

    fn compile(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: &[Variable<'_>],
    ) -> Result<Compiled, Stop> {
        self.compile_under(text, at, locals.iter().map(|local| local.name))
    }

    fn compile_under<'n>(
        &mut self,
        text: &Text<'_>,
        at: &IdedExpr,
        locals: impl Iterator<Item = &'n str>,
    ) -> Result<Compiled, Stop> {
        let names: Vec<&str> = locals.collect();
        let names = names.iter().map(|name| &**name);
        let part = compile::compile_part(text.source, text.parsed, text.environment, names, at);
        let part = part.map_err(|_| Stop::Exhausted)?;
        // Compiling a regular expression costs what it costs while evaluating: a thousand steps at least.
        let patterns = part.nodes.iter().map(Node::pattern_bytes).sum::<usize>();
        self.meter.visit(part.nodes.len().saturating_add(patterns / 8))?;
        Ok(part)
    }

    /// What a part comes to; fails on exhaustion only.
    fn evaluate<'p>(
        &mut self,
        part: &'p Compiled,
        locals: &[Variable<'p>],
    ) -> Result<Eval<'p>, Stop>
    where
        's: 'p,
    {
        let meter = Meter { steps: self.meter.steps, bytes: self.meter.bytes };
        let locals = locals.iter().map(|local| local.value.clone()).collect();
        let mut evaluation = Evaluation { nodes: &part.nodes, slots: self.slots, locals, meter };
        let value = evaluation.evaluate(part.root);
        self.meter = evaluation.meter;
        match value {
            Err(Stop::Exhausted) => Err(Stop::Exhausted),
            value => Ok(value),
        }
    }
}

/// How many elements a macro visited, and for how many its condition was true.
#[derive(Default)]
struct Counted {
    visited: u64,
    held: u64,
}

fn seen(value: &Eval<'_>) -> Seen {
    match value {
        Ok(Datum::Bool(truth)) => Seen::Truth(*truth),
        Ok(_) => Seen::Other,
        Err(stop) => Seen::Stopped(*stop),
    }
}

fn call_of(at: &IdedExpr) -> Option<&CallExpr> {
    match &at.expr {
        Expr::Call(call) => Some(call),
        _ => None,
    }
}

/// The macro over elements that a part is, if it is one.
fn macro_of(at: &IdedExpr) -> Option<Macro<'_>> {
    match &at.expr {
        Expr::Comprehension(expanded) => macros::expanded(expanded),
        Expr::Call(call) => match macros::unexpanded(call.target.as_deref()?, call)? {
            Unexpanded::Fold(fold) => Some(fold),
            Unexpanded::Misuse(_) => None,
        },
        _ => None,
    }
}

/// The variable, value and body of `cel.bind`.
fn bind_of(call: &CallExpr) -> Option<(&str, &IdedExpr, &IdedExpr)> {
    let namespace = macros::simple_name(call.target.as_deref()?)?;
    match (namespace, call.func_name.as_str(), call.args.as_slice()) {
        ("cel", "bind", [variable, value, body]) => {
            Some((macros::simple_name(variable)?, value, body))
        }
        _ => None,
    }
}

fn conditional(at: &IdedExpr) -> Option<&[IdedExpr; 3]> {
    let call = call_of(at).filter(|call| call.func_name == operators::CONDITIONAL)?;
    call.args.first_chunk()
}

/// Whether operands bind a variable, or count only where they are needed.
fn is_lazy(at: &IdedExpr) -> bool {
    call_of(at).is_some_and(|call| {
        call.func_name == operators::CONDITIONAL
            || bind_of(call).is_some()
            || (call.target.is_some() && matches!(call.func_name.as_str(), "optMap" | "optFlatMap"))
    })
}

/// What a part is made of, the namespace of a function aside.
fn operands(at: &IdedExpr) -> Vec<&IdedExpr> {
    match &at.expr {
        Expr::Call(call) => {
            let arguments = match call.func_name.as_str() {
                operators::OPT_SELECT => call.args.get(..1).unwrap_or_default(),
                _ => call.args.as_slice(),
            };
            let target = call.target.as_deref().filter(|target| !is_namespace(target));
            target.into_iter().chain(arguments).collect()
        }
        Expr::Select(select) => vec![&select.operand],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => {
            let entries = map.entries.iter().filter_map(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => Some([&entry.key, &entry.value]),
                EntryExpr::StructField(_) => None,
            });
            entries.flatten().collect()
        }
        _ => Vec::new(),
    }
}

fn is_namespace(target: &IdedExpr) -> bool {
    macros::simple_name(target).is_some_and(|name| super::functions::NAMESPACES.contains(&name))
}

/// Whether the operand is what something is looked up in, which says nothing that the part does not say.
fn is_container_of(at: &IdedExpr, operand: &IdedExpr) -> bool {
    match &at.expr {
        Expr::Select(_) => true,
        Expr::Call(call) => {
            matches!(
                call.func_name.as_str(),
                operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT
            ) && call.args.first().is_some_and(|first| std::ptr::eq(first, operand))
        }
        _ => false,
    }
}

/// Whether a part reads no name. Recursion is bounded by the depth of expressions.
fn is_constant(at: &IdedExpr) -> bool {
    match &at.expr {
        Expr::Ident(_) | Expr::Comprehension(_) | Expr::Struct(_) | Expr::Unspecified => false,
        Expr::Literal(_) => true,
        _ => operands(at).into_iter().all(is_constant),
    }
}
