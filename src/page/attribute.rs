//! The attributes that somebody reads. A tree holds these and no others, so that none can be asked for that the parser
//! was not shown.

macro_rules! attributes {
    ($($variant:ident = $name:literal,)+) => {
        /// The name of an attribute that is read, in the order of the alphabet.
        #[allow(missing_docs, reason = "the names say it")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attr {
            $($variant,)+
        }

        impl Attr {
            /// All of them.
            pub const ALL: &[Attr] = &[$(Attr::$variant,)+];

            /// The name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Attr::$variant => $name,)+
                }
            }
        }
    };
}

attributes! {
    AriaControls = "aria-controls",
    AriaExpanded = "aria-expanded",
    AriaHidden = "aria-hidden",
    AriaLevel = "aria-level",
    Class = "class",
    Content = "content",
    DataComponent = "data-component",
    DataTestid = "data-testid",
    Datetime = "datetime",
    Hidden = "hidden",
    Href = "href",
    HttpEquiv = "http-equiv",
    Id = "id",
    Itemprop = "itemprop",
    Itemscope = "itemscope",
    Itemtype = "itemtype",
    Lang = "lang",
    Name = "name",
    Onclick = "onclick",
    Open = "open",
    Property = "property",
    Pubdate = "pubdate",
    Rel = "rel",
    Reversed = "reversed",
    Role = "role",
    Start = "start",
    Style = "style",
    Type = "type",
    Value = "value",
    XmlLang = "xml:lang",
}

impl Attr {
    /// A bit for each.
    pub(in crate::page) const fn bit(self) -> u32 {
        1 << self as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_bit_of_its_own_and_stands_where_the_alphabet_puts_it() {
        assert!(Attr::ALL.len() <= 32);
        assert!(Attr::ALL.is_sorted_by(|a, b| a.as_str() < b.as_str() && a.bit() < b.bit()));
    }
}
