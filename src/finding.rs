//! The vocabulary that all stages share: spans of a layout, kinds of noise, findings and notes.

use std::fmt;
use std::sync::Arc;

/// A half-open range of bytes of a layout's text, on character borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte positions; a layout is bounded far below 4 GiB.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start: u32::try_from(start).unwrap_or(u32::MAX), end: u32::try_from(end).unwrap_or(u32::MAX) }
    }
    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }
    /// Whether nothing lies in it.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
    /// The same place in a copy of its text that begins at `to` instead of `from`.
    pub(crate) fn moved(self, from: u32, to: u32) -> Self {
        Self { start: self.start - from + to, end: self.end - from + to }
    }
    /// As an index range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
    /// The text that it covers.
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }
    /// Whether the two share a byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
    /// Whether `other` lies wholly inside.
    pub fn covers(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

macro_rules! named_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }
        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];
            /// The name used in files and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }
            /// The value of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some($name::$variant),)+ _ => None }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
                let name = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                Self::from_name(&name).ok_or_else(|| {
                    let all: Vec<&str> = Self::ALL.iter().map(|v| v.as_str()).collect();
                    serde::de::Error::custom(format!("unknown name `{name}`, expected one of {}", all.join(", ")))
                })
            }
        }
    };
}
pub(crate) use named_enum;

named_enum! {
    /// The sort of text a finding is about: a closed list, the same in rules, findings and files.
    #[allow(missing_docs, reason = "the names say it; the guide explains each")]
    Kind {
        // Body text that stays.
        Body = "body", Heading = "heading", Subtitle = "subtitle", Quote = "quote", Correction = "correction",
        EditorNote = "editor_note",
        // Lifted.
        Title = "title", Dateline = "dateline", Agency = "agency", Byline = "byline", PublishedTime = "published_time",
        PhotoCredit = "photo_credit", Caption = "caption", Tags = "tags", Counter = "counter", RightsNotice = "rights_notice",
        // Dropped.
        TemplateHeader = "template_header", DumpHeader = "dump_header", Breadcrumb = "breadcrumb", SiteName = "site_name",
        Tagline = "tagline", Navigation = "navigation", LoginPrompt = "login_prompt", CommentPrompt = "comment_prompt",
        Comments = "comments", ShareBar = "share_bar", Newsletter = "newsletter", Paywall = "paywall",
        CookieNotice = "cookie_notice", MachineTranslationNotice = "machine_translation_notice", AiNotice = "ai_notice",
        Copyright = "copyright", Related = "related", Advert = "advert", ReadingTime = "reading_time",
        AudioPlayer = "audio_player", ToolButtons = "tool_buttons", AppPromo = "app_promo", StrayScript = "stray_script",
        DuplicateTitle = "duplicate_title", DuplicateBlock = "duplicate_block", EmbedPlaceholder = "embed_placeholder",
        Poll = "poll", Widget = "widget", SourceFooter = "source_footer", Pagination = "pagination", Contact = "contact",
        Disclaimer = "disclaimer", MarkupLeftover = "markup_leftover", Hidden = "hidden", SiteTemplate = "site_template",
        Boilerplate = "boilerplate",
        // Repaired.
        Entity = "entity", ZeroWidth = "zero_width", Homoglyph = "homoglyph", Mojibake = "mojibake",
        UnicodeForm = "unicode_form",
    }
}

impl Kind {
    /// Whether text of this kind belongs to another text than the article, so that nothing may be lifted out of it.
    pub fn is_foreign(self) -> bool {
        matches!(
            self,
            Kind::Related
                | Kind::Comments
                | Kind::DuplicateBlock
                | Kind::DuplicateTitle
                | Kind::Hidden
                | Kind::Navigation
        )
    }
}

named_enum! {
    /// A column of the articles table that a finding can fill.
    #[allow(missing_docs, reason = "the columns are documented in the schema")]
    Field {
        Title = "title", Subtitle = "subtitle", Authors = "authors", Agency = "agency", DatelinePlace = "dateline_place",
        Published = "published_at", Modified = "modified_at", Section = "section", Tags = "tags", Captions = "captions",
        Credits = "credits", Corrections = "corrections", RightsNotice = "rights_notice", Site = "site", Url = "url",
        OriginalLanguage = "original_language",
    }
}

/// What is done with the text of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// The text leaves the article.
    Drop,
    /// The text leaves the article for a typed field (none where no column holds it, as for counters).
    Lift(Option<Field>),
    /// The text fills a field and stays.
    Copy(Field),
    /// The text is protected: nothing may remove it.
    Keep,
    /// Only noted.
    Flag,
    /// The text is replaced.
    Repair,
}

impl Action {
    /// The name used in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Drop => "drop",
            Action::Lift(_) => "lift",
            Action::Copy(_) => "copy",
            Action::Keep => "keep",
            Action::Flag => "flag",
            Action::Repair => "repair",
        }
    }
    /// The field that it fills, if any.
    pub const fn field(self) -> Option<Field> {
        match self {
            Action::Lift(field) => field,
            Action::Copy(field) => Some(field),
            _ => None,
        }
    }
    /// Whether the text leaves the article.
    pub const fn removes(self) -> bool {
        matches!(self, Action::Drop | Action::Lift(_))
    }
}

/// The id of the rule, detector, template or model that decided: `family/slug`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl From<&str> for RuleId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}
impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One decision about one span of a layout.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The sort of text.
    pub kind: Kind,
    /// Who decided.
    pub rule: RuleId,
    /// Where, in bytes of the layout.
    pub span: Span,
    /// What happens to it.
    pub action: Action,
    /// What goes into the field, where that is not the text of the span itself.
    pub value: Option<String>,
    /// What stands there now (repairs only).
    pub replacement: Option<String>,
    /// How sure, 0..=1.
    pub confidence: f32,
}

named_enum! {
    /// What the `flags` column can say: a closed list.
    Flag {
        /// The title stood there more than once.
        DoubledTitle = "doubled_title",
        /// Paragraphs of the body stood there more than once.
        DoubledBody = "doubled_body",
        /// A letter of another script inside a word was set right.
        HomoglyphFixed = "homoglyph_fixed",
        /// Text decoded twice in the wrong encoding was set right.
        MojibakeFixed = "mojibake_fixed",
        /// The dump names more than one day of publication.
        ConflictingDates = "conflicting_dates",
        /// The rules would have removed nearly everything; only sure findings were followed.
        OverRemoval = "over_removal",
        /// Nesting past the cap: read as plain text.
        TooDeep = "too_deep",
        /// Bytes that are not valid in the encoding were replaced by U+FFFD.
        BadEncoding = "bad_encoding",
        /// The encoding was recognised by its byte pattern, neither marked nor declared.
        GuessedEncoding = "guessed_encoding",
        /// More blocks than the bound: the rest was judged as one.
        TooManyBlocks = "too_many_blocks",
        /// A line that is not in the article's script was dropped.
        StrayScript = "stray_script",
        /// Text that stood in the markup alone (JSON-LD) was used.
        HiddenText = "hidden_text",
        /// A second article follows on the page.
        MultiArticle = "multi_article",
        /// An opinion or investment disclaimer stands in the text.
        Disclaimer = "disclaimer",
    }
}

/// A fact about a dump that is not about one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is noted.
    pub flag: Flag,
    /// Where in the dump's bytes, where that is known.
    pub byte_offset: Option<u64>,
}
