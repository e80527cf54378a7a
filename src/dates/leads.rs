//! Lead words of time stamps as data: what stands in front of a date and says that it is one of publication or change.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::cursor::Phrases;
use super::words::{Role, fold, fold_char};

/// Lead words between bars: what they say, and whether they belong to languages whose numeric dates always put the day
/// first.
#[rustfmt::skip]
const LEADS: &[(Role, bool, &[&str])] = &[
    (Role::Published, false, &[
        "published|first published|date published|publication date|published date|publish date|posted",
        "date posted|created|发布时间|發布時間|发布于|發佈時間|发表时间|发表于|出版|发布|發布|公開日時|公開日|公開|配信|掲載|投稿日|기사입력|입력|등록일|등록|송고시간|송고",
        "작성일|게시일|posted date|date added|date created|created on|uploaded|date of publication",
        "originally published|release date|released|issued|publish time|published time|pub date|pub. date",
        "article published|story published|published at|published on|publication|publication time|post date",
        "online since|submitted|发布日期|發佈日期|發布日期|刊登时间|刊登時間|刊登日期|刊登|上架时间|创建时间|創建時間|發表時間|發表於|發表日期|发表日期|發表|发表|發佈於",
        "發布於|發佈|发稿时间|上传时间|上傳時間|收录时间|出版時間|出版时间|出版日期|首次发布|首發|報導時間|播出时间|投稿日時|投稿|掲載日|掲載日時|配信日時|配信日|発行日|発行|発表日|記事公開日",
        "初公開日|初回公開日|作成日|作成日時|登録日|リリース|公開時間|掲載時間|放送日|기사 입력|기사등록|기사 등록|입력시간|입력 시간|입력일|입력일시|입력시각|등록시간|등록 시간|등록일시",
        "승인|승인시간|승인 시간|발행|발행일|발행일시|발행시간|게재|게재일|게시|게시일시|작성|작성일시|작성시간|최초입력|최초 입력|최초등록|배포|배포일|보도일|기사승인|기사 승인|방송일",
        "송고일|송고 시간|기사작성|기사 작성|올린날|작성자",
    ]),
    (Role::Modified, false, &[
        "updated|last updated|last update|last modified|modified|date modified|update|edited|last edited",
        "date updated|更新时间|更新時間|最后更新|最後更新|更新于|更新|更新日時|更新日|最終更新日|最終更新|최종수정|수정|최종 수정|업데이트|수정일|revised",
        "last revised|amended|last reviewed|last edit|update date|updated date|updated on|updated at",
        "last updated on|last updated at|modified date|last change|changed|upd|upd.|updt|edited on|date revised",
        "最新更新|最新更新時間|最新更新时间|修改时间|修改時間|编辑时间|更新日期|最後更新時間|最后更新时间|最后修改|最後修改|最后编辑|修订时间|最近更新|最後更新日期|最后更新日期|更新於|最終更新日時",
        "最終更新時間|改訂日|修正日|更新時刻|最終修正|改訂|修正|최종수정일|최종편집|최종 편집|수정시간|수정 시간|수정일시|기사수정|기사 수정|마지막 업데이트|최종업데이트|최종 업데이트",
        "업데이트 시간|업데이트일|최종수정시간|갱신|변경|수정일자",
    ]),
    (Role::Unlabelled, false, &[
        "date|文章日期|日期|时间|date & time|date and time|time|時間|날짜|일시|日時|日付",
    ]),
    (Role::Published, true, &[
        "опубликовано|опубликован|дата публикации|опубликована|размещено|создано|опубліковано|дата публікації",
        "veröffentlicht|erstellt|publiziert|erschienen|publié|publiée|date de publication|publicado|publicada",
        "fecha de publicación|creado|data de publicação|criado|pubblicato|pubblicata|data di pubblicazione",
        "yayınlanma|yayınlanma tarihi|yayımlanma|yayın tarihi|giriş tarihi|giriş|oluşturulma tarihi",
        "data publikacji|opublikowano|publikacja|dodano|utworzono|dipublikasikan|diterbitkan|terbit|ngày đăng",
        "đăng|xuất bản|تاريخ النشر|نشر|نشرت|نُشر|تم النشر|प्रकाशित|पब्लिश्ड|публикация|дата выхода",
        "дата создания|дата добавления|добавлено|добавлен|добавлена|выложено|вышло|время публикации",
        "дата и время публикации|впервые опубликовано|материал опубликован|статья опубликована|создан|создана",
        "размещена|размещен|опублікована|опублікований|розміщено|створено|додано|час публікації|дата створення",
        "дата розміщення|публікація|вперше опубліковано|дата додавання|створена|online seit|veröffentlichung",
        "veröffentlichungsdatum|erstveröffentlichung|erstmals veröffentlicht|online gestellt|eingestellt",
        "hochgeladen|artikel vom|meldung vom|beitrag vom|erscheinungsdatum|erstellungsdatum|freigegeben",
        "publikationsdatum|gepostet|geschrieben|créé|créée|mis en ligne|mise en ligne|posté|postée|paru|parue",
        "parution|date de parution|date de création|première publication|écrit|rédigé|diffusé|publicación",
        "fecha de publicacion|fecha publicación|creada|subido|fecha de creación|fecha de alta|publicado en",
        "publicado por primera vez|posteado|emitido|fecha de edición|publicação|postado|postada|postado em",
        "criada|criada em|data da publicação|data publicação|publicado às|inserido|matéria publicada",
        "no ar desde|pubblicazione|creato|creata|inserito|inserita|data pubblicazione|prima pubblicazione",
        "pubblicato alle|postato|online dal|yayınlandı|yayımlandı|yayınlanma zamanı|yayımlanma tarihi|eklenme",
        "eklenme tarihi|eklendi|oluşturulma|oluşturma|oluşturma tarihi|haber giriş tarihi|haber tarihi",
        "haber giriş|yayın|yayına giriş|giriş zamanı|ilk yayın|ekleme tarihi|yayınlanma saati|haberin tarihi",
        "opublikowany|opublikowana|opublikowane|data dodania|data utworzenia|dodany|dodana|utworzony|utworzona",
        "data wydania|publikacja artykułu|pierwsza publikacja|wstawiono|zamieszczono|data emisji|wpis z",
        "dipublish|dipublikasi|tayang|tanggal terbit|tanggal publikasi|diunggah|dibuat|publikasi|diposting",
        "diposkan|dipublikasikan pada|diterbitkan pada|terbit pada|waktu terbit|rilis|dirilis|ngày xuất bản",
        "ngày tạo|ngày phát hành|thời gian đăng|phát hành|đã đăng|đăng tải|ngày đăng tải|xuất bản lúc|đăng lúc",
        "giờ đăng|thời gian phát hành|tạo lúc|đăng bởi|نشر بتاريخ|نُشر بتاريخ|نشرت بتاريخ|تاريخ الإنشاء|أنشئ",
        "أنشئ في|أضيف|أضيف في|أضيف بتاريخ|وقت النشر|تمت الإضافة|حرر في|نشر في|نُشر في|نُشرت في|نُشرت|نشرت في",
        "تم النشر في|تم نشره|تم نشره في|نشر يوم|منشور|منشور في|كتب في|تاريخ الخبر|تاريخ الإضافة",
        "تاريخ نشر المقال|نشر الخبر|تاريخ ووقت النشر|पब्लिश|पब्लिश किया गया|प्रकाशन तिथि|प्रकाशित तिथि|प्रकाशन",
        "प्रकाशन तारीख|पोस्ट|पोस्टेड|प्रकाशित किया गया|पब्लिश्ड ऑन|प्रकाशित हुआ|जारी",
    ]),
    (Role::Modified, true, &[
        "обновлено|обновлён|обновлена|последнее обновление|изменено|дата обновления|дата изменения|оновлено",
        "останнє оновлення|stand|aktualisiert|zuletzt aktualisiert|letzte aktualisierung|geändert|mis à jour",
        "mise à jour|modifié|dernière mise à jour|dernière modification|actualisé|actualizado|actualizada",
        "última actualización|modificado|atualizado|atualizada|última atualização|última modificação|aggiornato",
        "ultimo aggiornamento|aggiornamento|ultima modifica|modificato|güncelleme|güncellenme|güncelleme tarihi",
        "son güncelleme|son güncellenme|güncellendi|aktualizacja|zaktualizowano|ostatnia aktualizacja",
        "data aktualizacji|data modyfikacji|diperbarui|pembaruan|diupdate|cập nhật|cập nhật lần cuối",
        "lần cập nhật cuối|آخر تحديث|اخر تحديث|تحديث|تاريخ التحديث|अपडेटेड|अपडेट|अद्यतन|अंतिम अपडेट|обновлен",
        "обновление|обновлено в|отредактировано|последняя редакция|последнее изменение",
        "последнее обновление страницы|изменён|изменен|изменена|дополнено|время обновления|редактировано",
        "актуализировано|последняя правка|исправлено|дата последнего обновления|оновлена|оновлений|оновлення",
        "змінено|відредаговано|дата оновлення|останні зміни|востаннє оновлено|доповнено|остання редакція",
        "час оновлення|редаговано|остання зміна|letzte änderung|zuletzt geändert|zuletzt bearbeitet",
        "aktualisierung|bearbeitet|letztes update|letzter stand|letzte bearbeitung|überarbeitet|aktualisiert am",
        "aktualisierungsdatum|update vom|ergänzt|modifiée|actualisée|réactualisé|màj|maj|m.à.j.|mise à jour le",
        "dernière modif|dernière actualisation|dernier mise à jour|date de mise à jour|date de modification",
        "modifié le|actualización|fecha de actualización|ultima actualizacion|última modificación",
        "última revisión|modificada|act.|actualizado a|última edición|editado|última actualización a",
        "última hora|fecha de modificación|atualização|última edição|data de atualização|modificada em",
        "editado em|atualizado às|última alteração|alterado|data da atualização|atualizado em",
        "última modificação em|revisado|modifica|aggiornata|aggiornato al|ultimo agg|ultimo agg.|agg.|agg",
        "modificata|ultima revisione|ultimo aggiornamento il|data aggiornamento|data di aggiornamento",
        "aggiornato alle|ultima mod|son güncelleme tarihi|güncellenme tarihi|güncellenme zamanı",
        "güncelleme zamanı|değiştirilme|düzenleme|düzenlenme|son düzenleme|son değişiklik|güncel|güncellenen",
        "haber güncelleme|güncelleme saati|son güncellenme tarihi|ostatnia zmiana|zmodyfikowano",
        "ostatnia modyfikacja|modyfikacja|edytowano|zaktualizowany|zaktualizowana|akt.|zmieniono|uaktualniono",
        "ostatnio aktualizowano|aktualizowano|data zmiany|data ostatniej aktualizacji|zaktualizowane|poprawiono",
        "edycja|terakhir diperbarui|pembaruan terakhir|update terakhir|dimutakhirkan|diperbaharui|pemutakhiran",
        "diedit|terakhir diubah|diubah|terakhir diupdate|diperbarui pada|pembaruan pada|disunting|sửa|chỉnh sửa",
        "ngày cập nhật|cập nhật mới nhất|cập nhật lúc|sửa lần cuối|đã cập nhật|cập nhật ngày|sửa đổi",
        "lần cập nhật gần nhất|cập nhật gần nhất|thời gian cập nhật|تم التحديث|تم التحديث في|تم تحديثه",
        "آخر تعديل|حُدث|حُدّث|حدث في|تعديل|تم التعديل|تم التعديل في|محدث|محدث في|تحديث في|تاريخ التعديل|عدل في",
        "التحديث الأخير|آخر تحديث في|آخر تحديث للخبر|تحديث الخبر|وقت التحديث|अपडेट किया गया|अपडेटेड ऑन",
        "अंतिम अद्यतन|अंतिम बार अपडेट|अंतिम बार अपडेट किया गया|संशोधित|अपडेट तिथि|आखिरी अपडेट|अंतिम संशोधन",
        "अपडेट हुआ|लास्ट अपडेट|लास्ट अपडेटेड",
    ]),
    (Role::Unlabelled, true, &[
        "дата|datum|fecha|data|tarih|tanggal|التاريخ|дата и время|время|дата новости|дата статьи|дата запису",
        "дата новини|fecha y hora|data e hora|data e ora|data i godzina|datum und uhrzeit|zeitpunkt",
        "tarih ve saat|hari/tanggal|hari, tanggal|waktu|ngày|thời gian|thời điểm|بتاريخ|بتاريخ يوم",
        "التاريخ والوقت|الوقت|दिनांक|तारीख|तिथि|समय|date et heure",
    ]),
];

/// A lead word: folded, what it says, and whether it puts the day first.
pub(super) type Lead = (String, Role, bool);

/// The lead words, folded, by what they begin with.
pub(super) struct Leads {
    /// Those that begin with two letters of ASCII, in rows of 26 by the first.
    by_two: Vec<Vec<Lead>>,
    /// The others.
    by_first: FxHashMap<char, Vec<Lead>>,
}

impl Leads {
    /// The lead words that may stand at a place: all that begin with its letters are among them.
    pub(super) fn at(&self, text: &str) -> impl Iterator<Item = &Lead> {
        let by_two = match text.as_bytes() {
            [a, b, ..] => letters_at(*a, *b),
            _ => None,
        };
        let (row, others) = match (by_two, text.chars().next().and_then(|c| fold_char(c).next())) {
            (Some(n), _) => (n..n + 1, None),
            // A letter beyond ASCII may fold to one of it.
            (None, Some(first @ 'a'..='z')) => {
                let row = usize::from(first as u8 - b'a') * 26;
                (row..row + 26, self.by_first.get(&first))
            }
            (None, first) => (0..0, first.and_then(|first| self.by_first.get(&first))),
        };
        self.by_two[row].iter().flatten().chain(others.into_iter().flatten())
    }
}

/// The place of two letters of ASCII, in either case, among all such pairs.
fn letters_at(a: u8, b: u8) -> Option<usize> {
    let at = |byte: u8| byte.is_ascii_alphabetic().then(|| usize::from(byte.to_ascii_lowercase() - b'a'));
    Some(at(a)? * 26 + at(b)?)
}

pub(super) static FOLDED_LEADS: LazyLock<Leads> = LazyLock::new(|| {
    let mut all = Leads { by_two: vec![Vec::new(); 26 * 26], by_first: FxHashMap::default() };
    for &(role, day_first, rows) in LEADS {
        for words in rows.iter().flat_map(|row| row.split('|')) {
            let folded = fold(words);
            let first_two = folded.as_bytes().first_chunk().and_then(|&[a, b]| letters_at(a, b));
            let row = match (first_two, folded.chars().next()) {
                (Some(n), _) => &mut all.by_two[n],
                (None, Some(first)) => all.by_first.entry(first).or_default(),
                (None, None) => continue,
            };
            row.push((folded, role, day_first));
        }
    }
    all
});

/// Words for today in front of a stamp that names its day.
pub(super) static TODAY: Phrases = Phrases::new(&[
    "today",
    "сегодня",
    "сьогодні",
    "heute",
    "aujourd'hui",
    "hoy",
    "hoje",
    "oggi",
    "bugün",
    "hari ini",
    "hôm nay",
    "dzisiaj",
    "dziś",
    "dzis",
    "اليوم",
    "आज",
    "今天",
    "今日",
    "오늘",
]);

/// Words for yesterday.
pub(super) static YESTERDAY: Phrases = Phrases::new(&[
    "yesterday",
    "вчера",
    "вчора",
    "gestern",
    "hier",
    "ayer",
    "ontem",
    "ieri",
    "dün",
    "kemarin",
    "hôm qua",
    "wczoraj",
    "أمس",
    "कल",
    "昨天",
    "昨日",
    "어제",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lead_stands_once_and_is_not_empty() {
        let mut seen = std::collections::BTreeSet::new();
        for (lead, _, _) in FOLDED_LEADS.by_two.iter().chain(FOLDED_LEADS.by_first.values()).flatten() {
            assert!(!lead.is_empty() && seen.insert(lead), "{lead} stands twice");
        }
    }
}
