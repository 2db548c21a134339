//! Long literal text kept away from the template parser, which takes a hundred steps for each character of it.
//!
//! Called by `render`. Most lines of a template have no expression in them: runs of those are compiled as a short mark and put back
//! into the compiled template.

use handlebars::Template;
use handlebars::template::TemplateElement;

/// What a mark begins and ends with: characters that mean nothing and that no template has.
const OPEN: char = '\u{F0000}';
const CLOSE: char = '\u{F0001}';

/// A source with its literal lines taken out.
#[derive(Debug)]
pub(super) struct Condensed<'a> {
    /// What is left to compile; its lines are not those of the source.
    pub(super) source: String,
    literals: Vec<&'a str>,
}

/// Takes the literal lines out of a source; `None` where that could change what it means.
pub(super) fn condense(source: &str) -> Option<Condensed<'_>> {
    // `~` eats white space across lines, and so into a literal.
    if source.contains("{{~") || source.contains("~}}") || source.contains([OPEN, CLOSE]) {
        return None;
    }
    let mut condensed = Condensed {
        source: String::with_capacity(source.len() / 2),
        literals: Vec::new(),
    };
    let (mut run, mut position) = (0, 0);
    let mut inside = false;
    for line in source.split_inclusive('\n') {
        let literal = !inside && !line.contains("{{");
        inside = leaves_open(line, inside);
        if !literal {
            condensed.take_out(&source[run..position]);
            condensed.source.push_str(line);
            run = position + line.len();
        }
        position += line.len();
    }
    condensed.take_out(&source[run..]);
    Some(condensed)
}

impl<'a> Condensed<'a> {
    fn take_out(&mut self, literal: &'a str) {
        // A mark must stand for whole lines, so that what is alone on its line stays alone.
        let end = if literal.ends_with('\n') { "\n" } else { "" };
        let mark = format!("{OPEN}{}{CLOSE}{end}", self.literals.len());
        if literal.len() <= mark.len() {
            self.source.push_str(literal);
            return;
        }
        self.literals.push(&literal[..literal.len() - end.len()]);
        self.source.push_str(&mark);
    }

    /// Puts the literals back into the compiled template.
    pub(super) fn restore(&self, template: &mut Template) {
        for element in &mut template.elements {
            match element {
                TemplateElement::RawString(text) => self.put_back(text),
                TemplateElement::HelperBlock(block) => {
                    for branch in [&mut block.template, &mut block.inverse]
                        .into_iter()
                        .flatten()
                    {
                        self.restore(branch);
                    }
                }
                _ => {}
            }
        }
    }

    fn put_back(&self, text: &mut String) {
        while let Some(open) = text.find(OPEN) {
            let Some(close) = text[open..].find(CLOSE).map(|it| it + open) else {
                return;
            };
            let index: Option<usize> = text[open + OPEN.len_utf8()..close].parse().ok();
            let Some(literal) = index.and_then(|it| self.literals.get(it)) else {
                return;
            };
            text.replace_range(open..close + CLOSE.len_utf8(), literal);
        }
    }
}

/// Whether an expression that began on this line, or before it, goes on on the next.
fn leaves_open(line: &str, mut inside: bool) -> bool {
    let mut rest = line;
    while let Some(found) = rest.find(if inside { "}}" } else { "{{" }) {
        inside = !inside;
        rest = &rest[found + 2..];
    }
    inside
}

#[cfg(test)]
mod tests {
    use handlebars::Template;

    use super::condense;

    #[test]
    fn what_is_put_back_is_what_was_taken_out() {
        for source in [
            "a long line of text, and\nanother one, both long enough\n{{name}} here\nand a third long line of text",
            "{{#if name}}\n  indented and long enough to be taken out\n\n\n{{else}}\nsomething else, long enough as well\n{{/if}}\nend\n",
            "{{#if\n  (eq name \"this is a line inside of an expression\")\n}}\nand this one is outside of it, and long\n{{/if}}",
            "{{! a comment\nthat goes on for more than one line, which is long\n}}\nand a literal after it, long enough\n",
            "text with a \\{{name}} that is escaped\nfollowed by a long line of literal text\n",
            "only literal text\n\n",
        ] {
            let plain = Template::compile(source).unwrap();
            let condensed = condense(source).unwrap();
            let mut template = Template::compile(&condensed.source).unwrap();
            condensed.restore(&mut template);
            assert_eq!(template.elements.len(), plain.elements.len(), "{source}");
            let context = serde_json::json!({ "name": "x" });
            let render = |template: Template| {
                let mut registry = handlebars::Handlebars::new();
                registry.register_template("t", template);
                registry.render("t", &context).unwrap()
            };
            assert_eq!(render(template), render(plain), "{source}");
        }
        assert!(condense("a {{~name}}\n").is_none());
    }
}
