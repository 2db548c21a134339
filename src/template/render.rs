//! Templates to text: handlebars in strict mode, no HTML escaping, literals of the languages that we write.
//!
//! Called by `composition`. An unknown variable is an error with file and line, also in a condition and in a branch that is not
//! taken; nothing that a template says can run a program or read a file.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable, ScopedJson, Template,
};
use serde_json::Value;

use super::condense::{Piece, condense};
use super::literal::{json_literal, python_literal, toml_literal};
use super::strict::{line_of_name, unknown_name};
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
    pub(crate) fn render(&self, origin: &str, source: &str, context: &Context) -> Result<String> {
        if !source.contains("{{") {
            return Ok(source.to_owned());
        }
        if let Some(text) = self.render_pieces(source, context) {
            return Ok(text);
        }
        // The whole source again: its errors have the right lines.
        let template = Template::compile(source).map_err(|error| {
            let line = error.pos().map_or(1, |(line, _)| line);
            Error::new(format!(
                "{origin}:{line}: the template is malformed: {}",
                error.reason()
            ))
        })?;
        self.render_compiled(origin, source, &template, context)
    }

    /// Renders a template piece by piece; `None` where something is wrong with it.
    fn render_pieces(&self, source: &str, context: &Context) -> Option<String> {
        let mut text = String::with_capacity(source.len());
        for piece in condense(source)? {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Tags(condensed) => {
                    let mut template = Template::compile(&condensed.source).ok()?;
                    condensed.restore(&mut template);
                    text.push_str(&self.render_compiled("", "", &template, context).ok()?);
                }
            }
        }
        Some(text)
    }

    fn render_compiled(
        &self,
        origin: &str,
        source: &str,
        template: &Template,
        context: &Context,
    ) -> Result<String> {
        if let Some(name) = unknown_name(template, context.data()) {
            return Err(unknown(origin, line_of_name(source, &name), &name));
        }
        template
            .renders(&self.registry, context, &mut RenderContext::new(None))
            .map_err(|error| {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Renderer;

    fn render(source: &str) -> Result<String, String> {
        let context = json!({
            "name": "my-func", "odd": "a \"b\" \\ é\n{{x}}", "list": ["a", "b"],
            "gates": [{"name": "black"}], "platform": {"id": "vercel"}, "regions": null,
        });
        Renderer::new()
            .render("x.hbs", source, &handlebars::Context::from(context))
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
}
