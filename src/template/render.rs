//! Templates to text: handlebars in strict mode, no HTML escaping, literals of the languages that we write.
//!
//! Called by `composition`. An unknown variable is an error with file and line, also in a condition and in a branch that is not
//! taken; nothing that a template says can run a program or read a file.

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, Path, RenderContext, RenderError,
    RenderErrorReason, ScopedJson, Template,
};
use serde_json::Value;

use super::layer::line_of;
use crate::error::{Error, Result};

/// Renders templates; keeps no state between them.
#[derive(Debug)]
pub(crate) struct Renderer {
    registry: Handlebars<'static>,
}

impl Renderer {
    /// A renderer with our helpers.
    pub(crate) fn new() -> Self {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        registry.register_helper("json", Box::new(Literal(json_literal)));
        registry.register_helper("yaml", Box::new(Literal(json_literal)));
        registry.register_helper("toml", Box::new(Literal(toml_literal)));
        registry.register_helper("python", Box::new(Literal(python_literal)));
        registry.register_helper("join", Box::new(Join));
        // Each template is rendered from its own source: no look-up by name, so no partials and no includes.
        registry.unregister_helper("log");
        Self { registry }
    }

    /// Renders a template. `origin` names it in errors.
    ///
    /// # Errors
    /// When the template is malformed or names something that `context` does not have.
    pub(crate) fn render(&self, origin: &str, source: &str, context: &Value) -> Result<String> {
        if !source.contains("{{") {
            return Ok(source.to_owned());
        }
        let template = Template::compile(source).map_err(|error| {
            let line = error.pos().map_or(1, |(line, _)| line);
            Error::new(format!(
                "{origin}:{line}: the template is malformed: {}",
                error.reason()
            ))
        })?;
        if let Some(name) = unknown_name(&template, context) {
            return Err(unknown(origin, line_of_name(source, &name), &name));
        }
        let mut registry = self.registry.clone();
        registry.register_template("t", template);
        registry.render("t", context).map_err(|error| {
            let line = error.line_no.unwrap_or(1);
            match error.reason() {
                RenderErrorReason::MissingVariable(name) => {
                    unknown(origin, line, name.as_deref().unwrap_or("?"))
                }
                reason => Error::new(format!("{origin}:{line}: {reason}")),
            }
        })
    }
}

fn unknown(origin: &str, line: usize, name: &str) -> Error {
    Error::new(format!("{origin}:{line}: unknown variable `{name}`"))
}

/// The line, from 1, on which an expression of a template first says this name (the parser keeps its own positions private).
fn line_of_name(source: &str, name: &str) -> usize {
    let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == '.';
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
fn unknown_name(template: &Template, context: &Value) -> Option<String> {
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

/// A helper that writes a value as a literal of some language.
struct Literal(fn(&Value) -> String);

impl HelperDef for Literal {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        out.write(&(self.0)(parameter(helper, 0)?))?;
        Ok(())
    }

    // So that `{{join (json a) b}}` is refused by handlebars' own words rather than rendering nothing.
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> std::result::Result<ScopedJson<'rc>, RenderError> {
        Ok(ScopedJson::Derived(Value::from((self.0)(parameter(
            helper, 0,
        )?))))
    }
}

/// `{{join list ", "}}`.
struct Join;

impl HelperDef for Join {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> std::result::Result<ScopedJson<'rc>, RenderError> {
        let items: Vec<String> = parameter(helper, 0)?
            .as_array()
            .ok_or(RenderErrorReason::InvalidParamType("list"))?
            .iter()
            .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
            .collect();
        let between = parameter(helper, 1)?.as_str().unwrap_or(", ").to_owned();
        Ok(ScopedJson::Derived(Value::from(items.join(&between))))
    }
}

fn parameter<'a>(
    helper: &'a Helper<'_>,
    index: usize,
) -> std::result::Result<&'a Value, RenderError> {
    let it = helper
        .param(index)
        .ok_or(RenderErrorReason::ParamNotFoundForIndex("helper", index))?;
    if it.is_value_missing() {
        let name = it.relative_path().cloned();
        return Err(RenderErrorReason::MissingVariable(name).into());
    }
    Ok(it.value())
}

/// JSON, which is also a YAML flow value.
fn json_literal(value: &Value) -> String {
    value.to_string()
}

/// A TOML value: strings basic, lists inline, nothing for null (TOML has none).
pub(crate) fn toml_literal(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::String(text) => toml_edit::Value::from(text.as_str()).to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(toml_literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(table) => {
            let pairs: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{} = {}", toml_key(key), toml_literal(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}

/// A TOML key, quoted where it must be.
pub(crate) fn toml_key(key: &str) -> String {
    toml_edit::Key::new(key).to_string()
}

/// A Python literal: strings in double quotes as black writes them.
fn python_literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        // JSON's escapes are Python's too, but for what lies outside the basic plane, which JSON leaves as it is.
        other => other.to_string(),
    }
}

/// The merged tool settings as the text of TOML tables: one `[a.b]` for each table that has values, in the order given.
pub(crate) fn toml_tables(table: &serde_json::Map<String, Value>) -> String {
    let mut out = String::new();
    write_tables(&mut out, "", table);
    out.trim_start().to_owned()
}

fn write_tables(out: &mut String, path: &str, table: &serde_json::Map<String, Value>) {
    let (tables, values): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| value.is_object());
    if !values.is_empty() {
        out.push_str(&format!("\n[{path}]\n"));
        for (key, value) in values {
            out.push_str(&format!("{} = {}\n", toml_key(key), toml_literal(value)));
        }
    }
    for (key, value) in tables {
        let below = if path.is_empty() {
            toml_key(key)
        } else {
            format!("{path}.{}", toml_key(key))
        };
        if let Some(table) = value.as_object() {
            write_tables(out, &below, table);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Renderer, toml_tables};

    fn render(source: &str) -> Result<String, String> {
        let context = json!({
            "name": "my-func", "odd": "a \"b\" \\ é\n{{x}}", "list": ["a", "b"],
            "gates": [{"name": "black"}], "platform": {"id": "vercel"}, "regions": null,
        });
        Renderer::new()
            .render("x.hbs", source, &context)
            .map_err(|error| error.message().to_owned())
    }

    #[test]
    fn an_unknown_name_is_an_error_wherever_it_stands() {
        for source in [
            "one\n{{missing}}",
            "one\n{{#if missing}}x{{/if}}",
            "one\n{{#unless missing}}x{{/unless}}",
            "one\n{{#if regions}}{{missing}}{{/if}}",
            "one\n{{#if name}}x{{else}}{{missing}}{{/if}}",
            "one\n{{#if (eq missing \"x\")}}x{{/if}}",
            "one\n{{#each missing}}x{{/each}}",
            "one\n{{json missing}}",
            "one\n{{this.missing}}",
            "one\n{{#each gates}}{{missing}}{{/each}}",
        ] {
            assert_eq!(
                render(source),
                Err("x.hbs:2: unknown variable `missing`".to_owned()),
                "{source}"
            );
        }
        assert_eq!(
            render("{{platform.tilte}}"),
            Err("x.hbs:1: unknown variable `platform.tilte`".to_owned())
        );
    }

    #[test]
    fn nothing_is_escaped_and_ci_expressions_survive() {
        assert_eq!(render("{{odd}}").unwrap(), "a \"b\" \\ é\n{{x}}");
        assert_eq!(
            render("$\\{{ matrix.x }} {{name}}").unwrap(),
            "${{ matrix.x }} my-func"
        );
        assert_eq!(
            render("a ${{ matrix.x }} {{name}}"),
            Err("x.hbs:1: unknown variable `matrix.x`".to_owned())
        );
    }

    #[test]
    fn literals_read_back_as_the_same_text() {
        let json: String = serde_json::from_str(&render("{{json odd}}").unwrap()).unwrap();
        assert_eq!(json, "a \"b\" \\ é\n{{x}}");
        let toml: toml_edit::DocumentMut = format!("x = {}", render("{{toml odd}}").unwrap())
            .parse()
            .unwrap();
        assert_eq!(toml["x"].as_str(), Some("a \"b\" \\ é\n{{x}}"));
        assert_eq!(render("{{join list \"-\"}}").unwrap(), "a-b");
    }

    #[test]
    fn a_condition_on_its_own_line_leaves_no_blank_line() {
        assert_eq!(
            render("a\n{{#if name}}\nb\n{{/if}}\nc\n").unwrap(),
            "a\nb\nc\n"
        );
    }

    #[test]
    fn tables_are_written_as_toml() {
        let table = json!({"tool": {"black": {"line-length": 88, "target-version": ["py312"]}, "x": {"y": {"z": true}}}});
        assert_eq!(
            toml_tables(table.as_object().unwrap()),
            "[tool.black]\nline-length = 88\ntarget-version = [\"py312\"]\n\n[tool.x.y]\nz = true\n"
        );
    }
}
