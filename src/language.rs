//! Stub.
use unicode_script::{Script, UnicodeScript};
#[derive(Debug, Clone, Default)]
/// x
pub struct Prior { /// x
 pub script: Option<&'static str>, /// x
 pub script_share: f32 }
/// x
#[derive(Debug, Clone, Default)]
pub struct ArticleLanguage { /// x
 pub language: String, /// x
 pub script: Option<String>, /// x
 pub score: f32, /// x
 pub foreign_share: Option<f32> }
/// x
pub fn script_counts(text: &str) -> Vec<(&'static str, usize)> {
    let mut v: Vec<(&'static str, usize)> = vec![];
    for c in text.chars().filter(|c| c.is_alphabetic()) { let s = c.script(); if matches!(s, Script::Common|Script::Inherited) {continue} let n = s.short_name();
      match v.iter_mut().find(|x| x.0==n) { Some(x)=>x.1+=1, None=>v.push((n,1)) } }
    v.sort_by_key(|x| std::cmp::Reverse(x.1)); v
}
/// x
pub fn main_script(text: &str) -> Option<&'static str> { script_counts(text).first().map(|x| x.0) }
/// x
pub fn prior(text: &str) -> Prior { let v = script_counts(text); let t: usize = v.iter().map(|x| x.1).sum(); Prior{script: v.first().map(|x|x.0), script_share: v.first().map_or(0.0, |x| x.1 as f32/t as f32)} }
/// x
pub fn same_writing(a: &str, b: &str) -> bool { a == b || (["Hani","Hira","Kana","Jpan"].contains(&a) && ["Hani","Hira","Kana","Jpan"].contains(&b)) }
/// x
pub fn article_language(p: &[&str]) -> ArticleLanguage { let t = p.join(" "); let i = whatlang::detect(&t); ArticleLanguage{ language: i.as_ref().map_or("und".into(), |i| i.lang().code().into()), script: main_script(&t).map(Into::into), score: i.map_or(0.0,|i| i.confidence() as f32), foreign_share: None } }
/// x
pub fn code_of(n: &str) -> Option<&'static str> { match n.to_lowercase().as_str() { "indonesian" => Some("ind"), "russian"=>Some("rus"), "dutch"=>Some("nld"), "finnish"=>Some("fin"), _=>None } }
/// x
pub fn is_hangul(t: &str) -> bool { t.chars().any(|c| c.script()==Script::Hangul) }
