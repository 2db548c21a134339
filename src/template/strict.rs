//! Names that a template uses and its context lacks.
//!
//! Called by `render` before rendering: handlebars' own strict mode says nothing about `{{#if missing}}`, nor about branches that are
//! not taken.

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, Template};
use serde_json::Value;

use super::layer::line_of;

/// The line, from 1, on which an expression of a template first says this name (the parser keeps its own positions private).
pub(super) fn line_of_name(source: &str, name: &str) -> usize {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let mut end = 0;
    while let Some(start) = source[end..].find("{{").map(|it| it + end) {
        end = source[start..]
            .find("}}")
            .map_or(source.len(), |it| it + start);
        let said = source[start..end].match_indices(name).any(|(at, _)| {
            let (before, after) = (
                &source[start..start + at],
                &source[start + at + name.len()..end],
            );
            !before.ends_with(is_part) && !after.starts_with(is_part)
        });
        if said {
            return line_of(source, start);
        }
    }
    1
}

/// The first name that a template uses and the context lacks: everything outside of loops, branches that are not taken included
/// (handlebars itself says nothing about those, nor about `{{#if missing}}`).
pub(super) fn unknown_name(template: &Template, context: &Value) -> Option<String> {
    template
        .elements
        .iter()
        .find_map(|element| in_element(element, context))
}

fn in_element(element: &TemplateElement, context: &Value) -> Option<String> {
    match element {
        TemplateElement::Expression(it) | TemplateElement::HtmlExpression(it) => {
            in_expression(it, context)
        }
        TemplateElement::HelperBlock(block) => {
            let name = block.name.as_name().unwrap_or_default();
            let own = in_parameters(block, context);
            // Inside these, names are those of the element.
            if matches!(name, "each" | "with") {
                return own.or_else(|| in_branch(block.inverse.as_ref(), context));
            }
            own.or_else(|| in_branch(block.template.as_ref(), context))
                .or_else(|| in_branch(block.inverse.as_ref(), context))
        }
        _ => None,
    }
}

fn in_branch(branch: Option<&Template>, context: &Value) -> Option<String> {
    branch.and_then(|template| unknown_name(template, context))
}

fn in_expression(it: &HelperTemplate, context: &Value) -> Option<String> {
    if it.params.is_empty() && it.hash.is_empty() {
        return in_parameter(&it.name, context);
    }
    in_parameters(it, context)
}

fn in_parameters(it: &HelperTemplate, context: &Value) -> Option<String> {
    it.params
        .iter()
        .chain(it.hash.values())
        .find_map(|parameter| in_parameter(parameter, context))
}

fn in_parameter(parameter: &Parameter, context: &Value) -> Option<String> {
    let path = match parameter {
        Parameter::Name(name) => name.clone(),
        Parameter::Path(Path::Relative((_, raw)) | Path::Local((_, _, raw))) => raw.clone(),
        Parameter::Subexpression(it) => {
            return match it.as_element() {
                TemplateElement::Expression(it) => in_parameters(it, context),
                _ => None,
            };
        }
        _ => return None,
    };
    let path = path.strip_prefix("@root/").unwrap_or(&path);
    let path = path.strip_prefix("this.").unwrap_or(path);
    if path.starts_with(['@', '.']) || path == "this" || path == "else" || path.contains(['[', '/'])
    {
        return None;
    }
    let mut value = context;
    for part in path.split('.') {
        // A name below a value that is not set has nothing to be held against.
        if value.is_null() {
            return None;
        }
        match value.get(part) {
            Some(below) => value = below,
            None => return Some(path.to_owned()),
        }
    }
    None
}
