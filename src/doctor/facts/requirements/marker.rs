//! Environment markers, as the specification of dependency specifiers (PEP 508) says: on which machines a requirement holds.
//!
//! Part of a [`Requirement`](super::Requirement). A marker is kept as it is written and worked out for one environment at a time, in time that
//! grows with its length: what anybody may have written in METADATA is never turned into anything larger. It must not know where the
//! values of an environment come from.

use std::cmp::Ordering;

use pep440_rs::{Version, VersionSpecifier};

use super::requirement::normalized;

/// No marker is longer, in bytes.
const LONGEST: usize = 16 << 10;

/// How many parentheses may be open at once.
const DEEPEST: u8 = 32;

/// A marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    expression: Expression,
}

/// What the variables of markers are in one environment; what nobody can tell by reading is `None`, and a comparison with it has no
/// answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MarkerValues {
    /// `posix` or `nt`.
    pub(crate) os_name: Option<String>,
    /// `linux`, `darwin`, `win32`.
    pub(crate) sys_platform: Option<String>,
    /// `x86_64`, `aarch64`, `arm64`, `AMD64`.
    pub(crate) platform_machine: Option<String>,
    /// `CPython`, `PyPy`.
    pub(crate) platform_python_implementation: Option<String>,
    /// `Linux`, `Darwin`, `Windows`.
    pub(crate) platform_system: Option<String>,
    /// `3.12`.
    pub(crate) python_version: Option<String>,
    /// `3.12.1`.
    pub(crate) python_full_version: Option<String>,
    /// `cpython`, `pypy`.
    pub(crate) implementation_name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Expression {
    Any(Vec<Self>),
    All(Vec<Self>),
    Comparison(Operand, Operator, Operand),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operand {
    Variable(Variable),
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variable {
    OsName,
    SysPlatform,
    PlatformMachine,
    PlatformPythonImplementation,
    PlatformRelease,
    PlatformSystem,
    PlatformVersion,
    PythonVersion,
    PythonFullVersion,
    ImplementationName,
    ImplementationVersion,
    Extra,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Less,
    LessOrEqual,
    Equal,
    Identical,
    NotEqual,
    GreaterOrEqual,
    Greater,
    Compatible,
    In,
    NotIn,
}

/// The variables by their names; the last ones are those of setuptools before PEP 508, which are still met.
const VARIABLES: [(&str, Variable); 17] = [
    ("os_name", Variable::OsName),
    ("sys_platform", Variable::SysPlatform),
    ("platform_machine", Variable::PlatformMachine),
    (
        "platform_python_implementation",
        Variable::PlatformPythonImplementation,
    ),
    ("platform_release", Variable::PlatformRelease),
    ("platform_system", Variable::PlatformSystem),
    ("platform_version", Variable::PlatformVersion),
    ("python_version", Variable::PythonVersion),
    ("python_full_version", Variable::PythonFullVersion),
    ("implementation_name", Variable::ImplementationName),
    ("implementation_version", Variable::ImplementationVersion),
    ("extra", Variable::Extra),
    ("os.name", Variable::OsName),
    ("sys.platform", Variable::SysPlatform),
    ("platform.machine", Variable::PlatformMachine),
    (
        "platform.python_implementation",
        Variable::PlatformPythonImplementation,
    ),
    (
        "python_implementation",
        Variable::PlatformPythonImplementation,
    ),
];

impl Marker {
    /// Reads what stands behind the `;`.
    ///
    /// # Errors
    /// Says what was expected.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("the marker is too long".to_owned());
        }
        let mut parser = Parser { rest: text };
        let expression = parser.any(0)?;
        parser.skip_space();
        if parser.rest.is_empty() {
            Ok(Self { expression })
        } else {
            Err(format!(
                "expected the end of the marker, found `{}`",
                parser.word()
            ))
        }
    }

    /// Whether it holds there, with these extras asked for (normalized); `None` where that depends on something that is not known.
    pub(crate) fn holds(&self, values: &MarkerValues, extras: &[&str]) -> Option<bool> {
        self.expression.holds(values, extras)
    }
}

impl Expression {
    fn holds(&self, values: &MarkerValues, extras: &[&str]) -> Option<bool> {
        // Of three-valued parts: one that decides is enough.
        let decided = |parts: &[Self], by: bool| {
            let mut is_unknown = false;
            for part in parts {
                match part.holds(values, extras) {
                    Some(it) if it == by => return Some(by),
                    Some(_) => {}
                    None => is_unknown = true,
                }
            }
            (!is_unknown).then_some(!by)
        };
        match self {
            Self::Any(parts) => decided(parts, true),
            Self::All(parts) => decided(parts, false),
            Self::Comparison(left, operator, right) => {
                compare(left, *operator, right, values, extras)
            }
        }
    }
}

fn compare(
    left: &Operand,
    operator: Operator,
    right: &Operand,
    values: &MarkerValues,
    extras: &[&str],
) -> Option<bool> {
    let (variable, text, operator, is_turned) = match (left, right) {
        (Operand::Variable(variable), Operand::Text(text)) => (*variable, text, operator, false),
        (Operand::Text(text), Operand::Variable(variable)) => {
            (*variable, text, operator.turned(), true)
        }
        (Operand::Text(left), Operand::Text(right)) => return texts(left, operator, right),
        (Operand::Variable(left), Operand::Variable(right)) => {
            return texts(values.value(*left)?, operator, values.value(*right)?);
        }
    };
    if variable == Variable::Extra {
        let wanted = normalized(text);
        let is_asked = extras.contains(&&*wanted);
        return match operator {
            Operator::Equal | Operator::Identical => Some(is_asked),
            Operator::NotEqual => Some(!is_asked),
            _ => None,
        };
    }
    let value = values.value(variable)?;
    if variable.is_version() {
        versions(value, operator, text)
    } else if is_turned && matches!(operator, Operator::In | Operator::NotIn) {
        texts(text, operator, value)
    } else {
        texts(value, operator, text)
    }
}

fn versions(value: &str, operator: Operator, text: &str) -> Option<bool> {
    let one_of = || {
        let mut words = text.split([' ', ',', '|']).filter(|it| !it.is_empty());
        words.any(|it| it == value)
    };
    match operator {
        Operator::In => Some(one_of()),
        Operator::NotIn => Some(!one_of()),
        Operator::Identical => Some(value == text),
        _ => {
            let specifier = format!("{}{}", operator.symbol(), text.trim());
            match (
                specifier.parse::<VersionSpecifier>(),
                value.parse::<Version>(),
            ) {
                (Ok(specifier), Ok(version)) => Some(specifier.contains(&version)),
                _ => texts(value, operator, text),
            }
        }
    }
}

fn texts(left: &str, operator: Operator, right: &str) -> Option<bool> {
    let order = left.cmp(right);
    match operator {
        Operator::Less => Some(order == Ordering::Less),
        Operator::LessOrEqual => Some(order != Ordering::Greater),
        Operator::Equal | Operator::Identical => Some(order == Ordering::Equal),
        Operator::NotEqual => Some(order != Ordering::Equal),
        Operator::GreaterOrEqual => Some(order != Ordering::Less),
        Operator::Greater => Some(order == Ordering::Greater),
        Operator::In => Some(right.contains(left)),
        Operator::NotIn => Some(!right.contains(left)),
        Operator::Compatible => None,
    }
}

impl MarkerValues {
    fn value(&self, variable: Variable) -> Option<&str> {
        match variable {
            Variable::OsName => self.os_name.as_deref(),
            Variable::SysPlatform => self.sys_platform.as_deref(),
            Variable::PlatformMachine => self.platform_machine.as_deref(),
            Variable::PlatformPythonImplementation => {
                self.platform_python_implementation.as_deref()
            }
            Variable::PlatformSystem => self.platform_system.as_deref(),
            Variable::PythonVersion => self.python_version.as_deref(),
            Variable::PythonFullVersion => self.python_full_version.as_deref(),
            Variable::ImplementationName => self.implementation_name.as_deref(),
            // Of CPython, its version is the language's; of the others, nobody writes markers about it.
            Variable::ImplementationVersion => self
                .python_full_version
                .as_deref()
                .filter(|_| self.implementation_name.as_deref() == Some("cpython")),
            Variable::PlatformRelease | Variable::PlatformVersion | Variable::Extra => None,
        }
    }
}

impl Variable {
    fn is_version(self) -> bool {
        matches!(
            self,
            Self::PythonVersion | Self::PythonFullVersion | Self::ImplementationVersion
        )
    }
}

impl Operator {
    /// The same comparison with its sides changed; `in` stays what it is.
    fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Greater => Self::Less,
            same => same,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "==",
            Self::Identical => "===",
            Self::NotEqual => "!=",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
            Self::Compatible => "~=",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn any(&mut self, depth: u8) -> Result<Expression, String> {
        let mut parts = vec![self.all(depth)?];
        while self.eat_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Expression::Any))
    }

    fn all(&mut self, depth: u8) -> Result<Expression, String> {
        let mut parts = vec![self.one(depth)?];
        while self.eat_word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(one_or(parts, Expression::All))
    }

    fn one(&mut self, depth: u8) -> Result<Expression, String> {
        self.skip_space();
        if let Some(rest) = self.rest.strip_prefix('(') {
            if depth >= DEEPEST {
                return Err("the marker has too many parentheses".to_owned());
            }
            self.rest = rest;
            let expression = self.any(depth + 1)?;
            self.skip_space();
            self.rest = self
                .rest
                .strip_prefix(')')
                .ok_or_else(|| format!("expected `)` in the marker, found `{}`", self.word()))?;
            return Ok(expression);
        }
        let left = self.operand()?;
        let operator = self.operator()?;
        let right = self.operand()?;
        Ok(Expression::Comparison(left, operator, right))
    }

    fn operand(&mut self) -> Result<Operand, String> {
        self.skip_space();
        for quote in ['"', '\''] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let (text, rest) = rest
                    .split_once(quote)
                    .ok_or("a quote in the marker is not closed")?;
                self.rest = rest;
                return Ok(Operand::Text(text.to_owned()));
            }
        }
        let word = self.word();
        let variable = VARIABLES.iter().find(|(name, _)| *name == word);
        let (_, variable) =
            variable.ok_or_else(|| format!("`{word}` is no variable of markers"))?;
        self.rest = self.rest.strip_prefix(word).unwrap_or_default();
        Ok(Operand::Variable(*variable))
    }

    fn operator(&mut self) -> Result<Operator, String> {
        const SYMBOLS: [(&str, Operator); 8] = [
            ("===", Operator::Identical),
            ("==", Operator::Equal),
            ("~=", Operator::Compatible),
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        self.skip_space();
        for (symbol, operator) in SYMBOLS {
            if let Some(rest) = self.rest.strip_prefix(symbol) {
                self.rest = rest;
                return Ok(operator);
            }
        }
        if self.eat_word("in") {
            return Ok(Operator::In);
        }
        if self.eat_word("not") && self.eat_word("in") {
            return Ok(Operator::NotIn);
        }
        Err(format!(
            "expected a comparison in the marker, found `{}`",
            self.word()
        ))
    }

    fn eat_word(&mut self, word: &str) -> bool {
        self.skip_space();
        let is_it = self.word() == word;
        if is_it {
            self.rest = self.rest.strip_prefix(word).unwrap_or_default();
        }
        is_it
    }

    /// The word that comes next, or the one character that begins none.
    fn word(&self) -> &'a str {
        let is_of_word = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.');
        let end = self.rest.find(|it| !is_of_word(it));
        let word = end
            .and_then(|end| self.rest.get(..end))
            .unwrap_or(self.rest);
        if !word.is_empty() {
            return word;
        }
        let length = self.rest.chars().next().map_or(0, char::len_utf8);
        self.rest.get(..length).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

fn one_or(mut parts: Vec<Expression>, all: fn(Vec<Expression>) -> Expression) -> Expression {
    match (parts.len(), parts.pop()) {
        (1, Some(one)) => one,
        (_, Some(last)) => {
            parts.push(last);
            all(parts)
        }
        (_, None) => all(parts),
    }
}
