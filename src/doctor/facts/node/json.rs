//! JSON with comments and trailing commas as a tree with lines, by `jsonc-parser`, which bounds the nesting.

use jsonc_parser::ast::Value as Json;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Entry, Lines, Mistake, Node, Value};

/// What editors allow in their settings: comments and trailing commas, and nothing else of JSON5.
pub(crate) fn json_options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

pub(super) fn parse(text: &str) -> Result<Node, Mistake> {
    // Windows writes this mark, and every reader of JSON that people use skips it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::of(text);
    match parse_to_ast(text, &CollectOptions::default(), &json_options()) {
        Ok(parsed) => Ok(parsed
            .value
            .map_or_else(Node::empty, |it| node(&it, &lines))),
        Err(error) => Err(Mistake {
            message: error.kind().to_string(),
            line: lines.line(error.range().start),
        }),
    }
}

fn node(json: &Json, lines: &Lines) -> Node {
    let value = match json {
        Json::StringLit(it) => Value::Scalar {
            text: it.value.to_string(),
            is_string: true,
        },
        Json::NumberLit(it) => plain(it.value.to_string()),
        Json::BooleanLit(it) => plain(it.value.to_string()),
        Json::NullKeyword(_) => Value::Null,
        Json::Array(it) => Value::List(it.elements.iter().map(|it| node(it, lines)).collect()),
        Json::Object(it) => Value::Table(
            it.properties
                .iter()
                .map(|it| Entry {
                    key: it.name.as_str().to_owned(),
                    line: lines.line(it.start()),
                    value: node(&it.value, lines),
                    tag: None,
                })
                .collect(),
        ),
    };
    Node {
        line: lines.line(json.start()),
        value,
    }
}

fn plain(text: String) -> Value {
    Value::Scalar {
        text,
        is_string: false,
    }
}
