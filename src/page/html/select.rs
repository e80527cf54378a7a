//! CSS selectors of users' rules: comes in a page's HTML, its tree and selectors, goes out which elements each selector
//! takes, as nodes of the tree. Only run where a rule has a selector: the page is parsed a second time for it, by scraper.

use scraper::{ElementRef, Html};

use crate::page::tree::{NodeId, Tag, Tree};

/// A compiled selector.
#[derive(Debug, Clone)]
pub struct Selector(scraper::Selector);

impl Selector {
    /// Compiles a CSS selector; several may stand in one, parted by commas.
    ///
    /// # Errors
    /// If it is no selector; the text says why.
    pub fn parse(css: &str) -> Result<Self, String> {
        scraper::Selector::parse(css).map(Self).map_err(|error| error.to_string())
    }
}

/// The elements that selectors take, each as the index of the selector and the node, in no particular order.
pub fn select(html: &str, tree: &Tree, selectors: &[Selector]) -> Vec<(usize, NodeId)> {
    let mut taken = Vec::new();
    if selectors.is_empty() || tree.is_empty() {
        return taken;
    }
    let document = Html::parse_document(html);
    // The two trees come from the same parser, so that the children of an element are the same in both; only ours has
    // some where a script-less reader's markup was put in, and those have no partner.
    let mut pairs = vec![(document.tree.root(), 0)];
    while let Some((theirs, ours)) = pairs.pop() {
        if let Some(element) = ElementRef::wrap(theirs) {
            taken.extend((0..selectors.len()).filter(|&at| selectors[at].0.matches(&element)).map(|at| (at, ours)));
        }
        let elements = theirs.children().filter(|child| child.value().is_element());
        let nodes = tree.children(ours).filter(|&child| tree.tag(child) != Tag::Text);
        pairs.extend(elements.zip(nodes));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::page::html::lay_out;

    fn selected(html: &str, css: &str) -> Vec<String> {
        let page = lay_out(html, &Options::default());
        let mut nodes = select(html, &page.tree, &[Selector::parse(css).expect("a selector")]);
        nodes.sort_unstable();
        nodes.iter().map(|&(_, node)| page.tree.text_below(node).collect::<String>().trim().to_owned()).collect()
    }

    #[test]
    fn a_selector_takes_the_elements_that_it_takes_in_a_browser() {
        let html = "<ul class=top><li>One<li class=x>Two</ul><div data-id=7><p>Three</p><p>Four</p></div>";
        assert_eq!(selected(html, "ul.top > li.x, [data-id] > p:last-child"), ["Two", "Four"]);
    }

    #[test]
    fn markup_that_the_parser_moves_or_adds_shifts_nothing() {
        let html = "<table>Stray<tr><td><b>A<p class=y>B</b>C</table><noscript><p class=y>N</p></noscript><p class=y>D";
        assert_eq!(selected(html, "p.y"), ["BC", "D"]);
    }

    #[test]
    fn what_is_no_selector_is_named() {
        assert!(Selector::parse("p >> q").is_err());
    }
}
