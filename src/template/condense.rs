//! Literal text kept away from the template parser, which takes a hundred steps for each character of it, and for each tag counts
//! all lines above it.
//!
//! Called by `render`. A template is taken apart into its literal lines and the lines with tags, a block and all that is in it as
//! one piece; long literal lines inside of a block are compiled as a short mark and put back into the compiled template. It must
//! not know what the tags do.

use handlebars::Template;
use handlebars::template::TemplateElement;

/// What a mark begins and ends with: characters that mean nothing and that no template has.
const OPEN: char = '\u{F0000}';
const CLOSE: char = '\u{F0001}';

/// Whole lines of a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Lines without a tag.
    Literal(&'a str),
    /// Lines with tags, which mean by themselves what they mean where they stand.
    Tags(Condensed<'a>),
}

/// Lines with tags, without the literal ones among them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Condensed<'a> {
    /// What is left to compile; its lines are not those of the source.
    pub(super) source: String,
    literals: Vec<&'a str>,
}

/// Takes a source apart; `None` where that could change what it means.
pub(super) fn condense(source: &str) -> Option<Vec<Piece<'_>>> {
    // `~` eats white space across lines, and so into a literal.
    if source.contains("{{~") || source.contains("~}}") || source.contains([OPEN, CLOSE]) {
        return None;
    }
    let (mut pieces, mut tags) = (Vec::new(), Condensed::default());
    let mut reach = Reach::default();
    let (mut run, mut position) = (0, 0);
    for line in source.split_inclusive('\n') {
        if reach.is_in_tag || line.contains("{{") {
            let literal = &source[run..position];
            if reach == Reach::default() {
                pieces.push(Piece::Literal(literal));
            } else {
                tags.take_out(literal);
            }
            tags.source.push_str(line);
            run = position + line.len();
            reach.pass(line)?;
            if reach == Reach::default() {
                pieces.push(Piece::Tags(std::mem::take(&mut tags)));
            }
        }
        position += line.len();
    }
    // A block without an end is told by whoever compiles the whole.
    (reach == Reach::default()).then(|| {
        pieces.push(Piece::Literal(&source[run..]));
        pieces
    })
}

/// What was begun, and has not ended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Reach {
    /// How many blocks.
    blocks: usize,
    /// A tag.
    is_in_tag: bool,
}

impl Reach {
    /// Goes on to the end of a line; `None` where more blocks end than have begun. A comment or an escaped tag may look like a block,
    /// which makes the pieces longer, or is found out when they are compiled.
    fn pass(&mut self, line: &str) -> Option<()> {
        let mut rest = line;
        while let Some(found) = rest.find(if self.is_in_tag { "}}" } else { "{{" }) {
            rest = &rest[found + 2..];
            if !self.is_in_tag && rest.starts_with('#') {
                self.blocks += 1;
            } else if !self.is_in_tag && rest.starts_with('/') {
                self.blocks = self.blocks.checked_sub(1)?;
            }
            self.is_in_tag = !self.is_in_tag;
        }
        Some(())
    }
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

#[cfg(test)]
mod tests {
    use handlebars::{Handlebars, Template};

    use super::{Piece, condense};

    fn render(template: Template) -> String {
        let mut registry = Handlebars::new();
        registry.register_template("t", template);
        registry
            .render("t", &serde_json::json!({ "name": "x", "none": [] }))
            .unwrap()
    }

    fn in_pieces(source: &str) -> (String, usize) {
        let pieces = condense(source).unwrap();
        let texts = pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => (*text).to_owned(),
            Piece::Tags(condensed) => {
                let mut template = Template::compile(&condensed.source).unwrap();
                condensed.restore(&mut template);
                render(template)
            }
        });
        let is_of_tags = |piece: &&Piece| matches!(piece, Piece::Tags(_));
        (texts.collect(), pieces.iter().filter(is_of_tags).count())
    }

    #[test]
    fn the_pieces_make_what_the_whole_makes() {
        for (source, of_tags) in [
            (
                "a long line of text, and\nanother one, both long enough\n{{name}} here\nand a third long line of text",
                1,
            ),
            (
                "{{#if name}}\n  indented and long enough to be taken out\n\n\n{{else}}\nsomething else, long enough as well\n{{/if}}\nend\n",
                1,
            ),
            (
                "{{#if\n  (eq name \"this is a line inside of an expression\")\n}}\nand this one is outside of it, and long\n{{/if}}",
                1,
            ),
            (
                "{{! a comment\nthat goes on for more than one line, which is long\n}}\nand a literal after it, long enough\n",
                1,
            ),
            (
                "text with a \\{{name}} that is escaped\nfollowed by a long line of literal text\n",
                1,
            ),
            ("only literal text\n\n", 0),
            (
                "a\n{{#if name}}\nb\n{{/if}}\n{{#unless name}}\nc\n{{/unless}}\n\n{{name}}\n  {{! alone }}\nd {{name}} {{#if none}}no{{/if}}\n",
                5,
            ),
            (
                "{{#if name}}{{^}}a long line of text, and more\nthan one of them\n{{/if}}\n{{name}}{{name}}",
                2,
            ),
            (
                "{{#if none}}\n1\n{{^}}\n2\n{{/if}}\n{{#each name}}\n{{/each}}\n",
                2,
            ),
        ] {
            let whole = render(Template::compile(source).unwrap());
            assert_eq!(in_pieces(source), (whole, of_tags), "{source}");
        }
        for source in ["a {{~name}}\n", "{{#if name}}\n", "{{/if}}\n", "{{name\n"] {
            assert_eq!(condense(source), None, "{source}");
        }
    }
}
