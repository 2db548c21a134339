//! Python source by Python's own grammar: whether it parses, and what a module has at its top.
//!
//! The one place that names the grammar (an internal crate of ruff, pinned). `template` holds what it renders to it, `doctor` looks for handlers
//! with it. Nothing is run. It must not know what a handler is.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Alias, Decorator, ExceptHandler, Expr, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_module, parse_unchecked};

use super::Series;

/// No module of more bytes is looked at.
const LARGEST: usize = 512 << 10;

/// The stack that a module is read on, in bytes: the tree of a line such as `1+1+…` is as deep as the line is long, and is freed by recursion.
const STACK: usize = 256 << 20;

/// What a module has at its top.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Module {
    /// The names that it binds, with what each is bound to first.
    pub(crate) names: BTreeMap<String, Binding>,
    /// Whether it may have names that cannot be read off: by `from x import *`, or by a `__getattr__` of its own.
    pub(crate) is_open: bool,
    /// The modules that it imports: the first part of the name of each.
    pub(crate) imports: BTreeSet<String>,
    /// The decorators of its functions, in order.
    pub(crate) decorators: Vec<Decoration>,
}

/// What a name is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    /// The line of the statement, from 1.
    pub(crate) line: u32,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A function.
    Function {
        /// Whether it is `async def`.
        is_async: bool,
        /// How many positional arguments it takes; `None` where it takes any number.
        parameters: Option<usize>,
    },
    /// A class.
    Class,
    /// Something imported.
    Import,
    /// Something assigned; the name of what is called for it, where it is a call: `func.FunctionApp`.
    Value(Option<String>),
}

/// A decorator with what it is given, as far as that is written down there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoration {
    /// The function.
    pub(crate) function: String,
    /// The decorator, with dots: `app.timer_trigger`.
    pub(crate) name: String,
    /// The strings that it is given: the keyword, `None` by position; the text; its line.
    pub(crate) arguments: Vec<(Option<String>, String, u32)>,
    /// Its line, from 1.
    pub(crate) line: u32,
}

/// Where a text stops being Python of this series, as an offset in bytes, and why; `None` where it is.
pub(crate) fn mistake(text: &str, python: Series) -> Option<(usize, String)> {
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion {
        major: python.major,
        minor: python.minor,
    });
    let parsed = parse_unchecked(text, options);
    if let Some(error) = parsed.errors().first() {
        let start = error.location.start().to_usize();
        return Some((start, error.error.to_string()));
    }
    let error = parsed.unsupported_syntax_errors().first()?;
    Some((error.range.start().to_usize(), error.to_string()))
}

impl Module {
    /// Reads a module; `None` where it does not parse, or is too large to be looked at.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > LARGEST {
            return None;
        }
        std::thread::scope(|scope| {
            let reader = std::thread::Builder::new().stack_size(STACK);
            let reader = reader.spawn_scoped(scope, || Reader::read(text)).ok()?;
            reader.join().ok()?
        })
    }
}

struct Reader {
    ends: Vec<usize>,
    module: Module,
}

impl Reader {
    fn read(text: &str) -> Option<Module> {
        let parsed = parse_module(text).ok()?;
        let mut reader = Self {
            ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect(),
            module: Module::default(),
        };
        reader.block(parsed.suite());
        Some(reader.module)
    }

    fn line(&self, offset: usize) -> u32 {
        let before = self.ends.partition_point(|it| *it < offset);
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    fn bind(&mut self, name: &str, offset: usize, kind: Kind) {
        let line = self.line(offset);
        let names = &mut self.module.names;
        names
            .entry(name.to_owned())
            .or_insert(Binding { line, kind });
    }

    fn block(&mut self, statements: &[Stmt]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(it) => {
                let start = it.name.range.start().to_usize();
                if it.name.as_str() == "__getattr__" {
                    self.module.is_open = true;
                }
                for decorator in &it.decorator_list {
                    self.decorator(it.name.as_str(), decorator);
                }
                let parameters = it.parameters.posonlyargs.len() + it.parameters.args.len();
                let kind = Kind::Function {
                    is_async: it.is_async,
                    parameters: it.parameters.vararg.is_none().then_some(parameters),
                };
                self.bind(it.name.as_str(), start, kind);
            }
            Stmt::ClassDef(it) => {
                self.bind(
                    it.name.as_str(),
                    it.name.range.start().to_usize(),
                    Kind::Class,
                );
            }
            Stmt::Assign(it) => {
                for target in &it.targets {
                    self.target(target, Some(&it.value));
                }
            }
            Stmt::AnnAssign(it) => {
                if let Some(value) = &it.value {
                    self.target(&it.target, Some(value));
                }
            }
            Stmt::Import(it) => {
                for alias in &it.names {
                    let first = first_part(alias.name.as_str());
                    self.module.imports.insert(first.to_owned());
                    self.alias(alias, first);
                }
            }
            Stmt::ImportFrom(it) => {
                if let Some(module) = it.module.as_ref().filter(|_| it.level == 0) {
                    let first = first_part(module.as_str()).to_owned();
                    self.module.imports.insert(first);
                }
                for alias in &it.names {
                    if alias.name.as_str() == "*" {
                        self.module.is_open = true;
                    } else {
                        self.alias(alias, alias.name.as_str());
                    }
                }
            }
            Stmt::If(it) => {
                self.block(&it.body);
                for clause in &it.elif_else_clauses {
                    self.block(&clause.body);
                }
            }
            Stmt::Try(it) => {
                self.block(&it.body);
                for handler in &it.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    self.block(&handler.body);
                }
                self.block(&it.orelse);
                self.block(&it.finalbody);
            }
            Stmt::With(it) => self.block(&it.body),
            Stmt::For(it) => {
                self.target(&it.target, None);
                self.block(&it.body);
                self.block(&it.orelse);
            }
            Stmt::While(it) => {
                self.block(&it.body);
                self.block(&it.orelse);
            }
            Stmt::Match(it) => {
                for case in &it.cases {
                    self.block(&case.body);
                }
            }
            _ => {}
        }
    }

    fn alias(&mut self, alias: &Alias, otherwise: &str) {
        let name = alias.asname.as_ref().map_or(otherwise, |it| it.as_str());
        let start = alias.range.start().to_usize();
        self.bind(name, start, Kind::Import);
    }

    fn target(&mut self, target: &Expr, value: Option<&Expr>) {
        match target {
            Expr::Name(it) => {
                let called = match value {
                    Some(Expr::Call(call)) => dotted(&call.func),
                    _ => None,
                };
                let start = it.range.start().to_usize();
                self.bind(it.id.as_str(), start, Kind::Value(called));
            }
            Expr::Tuple(it) => {
                for element in &it.elts {
                    self.target(element, None);
                }
            }
            Expr::List(it) => {
                for element in &it.elts {
                    self.target(element, None);
                }
            }
            _ => {}
        }
    }

    fn decorator(&mut self, function: &str, decorator: &Decorator) {
        let (name, call) = match &decorator.expression {
            Expr::Call(call) => (dotted(&call.func), Some(call)),
            other => (dotted(other), None),
        };
        let Some(name) = name else { return };
        let mut arguments = Vec::new();
        if let Some(call) = call {
            let keywords = call.arguments.keywords.iter();
            let named = keywords.map(|it| (it.arg.as_ref().map(ToString::to_string), &it.value));
            let placed = call.arguments.args.iter().map(|it| (None, it));
            for (keyword, value) in placed.chain(named) {
                if let Expr::StringLiteral(text) = value {
                    let line = self.line(text.range.start().to_usize());
                    arguments.push((keyword, text.value.to_str().to_owned(), line));
                }
            }
        }
        let line = self.line(decorator.range.start().to_usize());
        self.module.decorators.push(Decoration {
            function: function.to_owned(),
            name,
            arguments,
            line,
        });
    }
}

/// A name with its attributes: `func.FunctionApp`.
fn dotted(expression: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut expression = expression;
    loop {
        match expression {
            Expr::Attribute(it) => {
                parts.push(it.attr.as_str());
                expression = &it.value;
            }
            Expr::Name(it) => {
                parts.push(it.id.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            _ => return None,
        }
    }
}

fn first_part(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

#[cfg(test)]
mod tests;
