//! Tests with paragraphs of our own in seventeen languages, all about the same small event.

use super::*;

#[rustfmt::skip]
const PARAGRAPHS: &[(&str, &str, &str)] = &[
    ("eng", "Latn", "The old harbour bridge will reopen to cyclists next month after two years of repairs, the town council \
        said on Monday. Workers replaced most of the wooden boards and painted the railings, but the lights still have to be \
        tested before the first visitors may cross the river at night. The mayor thanked the volunteers who had brought tea."),
    ("rus", "Cyrl", "Старый мост в гавани откроют для велосипедистов в следующем месяце после двух лет ремонта, сообщили в \
        городском совете в понедельник. Рабочие заменили почти все доски и покрасили перила, однако освещение ещё предстоит \
        проверить, прежде чем первые посетители смогут перейти реку ночью. Мэр поблагодарил добровольцев."),
    ("ukr", "Cyrl", "Старий міст у гавані відкриють для велосипедистів наступного місяця після двох років ремонту, повідомили \
        в міській раді в понеділок. Робітники замінили майже всі дошки та пофарбували поручні, проте освітлення ще треба \
        перевірити, перш ніж перші відвідувачі зможуть перейти річку вночі. Мер подякував добровольцям за чай."),
    ("tur", "Latn", "Limandaki eski köprü, iki yıl süren onarımın ardından gelecek ay bisikletlilere yeniden açılacak. Belediye \
        meclisinden pazartesi günü yapılan açıklamada, işçilerin tahtaların çoğunu değiştirdiği ve korkulukları boyadığı, ancak \
        ilk ziyaretçiler gece nehri geçmeden önce ışıkların denenmesi gerektiği belirtildi."),
    ("spa", "Latn", "El viejo puente del puerto volverá a abrirse a los ciclistas el próximo mes después de dos años de obras, \
        informó el lunes el ayuntamiento. Los obreros cambiaron casi todas las tablas y pintaron las barandillas, pero todavía \
        hay que probar las luces antes de que los primeros visitantes puedan cruzar el río de noche."),
    ("fra", "Latn", "Le vieux pont du port rouvrira aux cyclistes le mois prochain après deux ans de travaux, a annoncé lundi le \
        conseil municipal. Les ouvriers ont remplacé presque toutes les planches et repeint les garde-corps, mais il faut encore \
        essayer les lampes avant que les premiers visiteurs puissent traverser la rivière la nuit."),
    ("deu", "Latn", "Die alte Hafenbrücke wird nach zwei Jahren Bauzeit im nächsten Monat wieder für Radfahrer geöffnet, teilte \
        der Stadtrat am Montag mit. Die Arbeiter haben fast alle Bretter ersetzt und das Geländer gestrichen, doch müssen noch \
        die Lampen geprüft werden, bevor die ersten Besucher den Fluss auch nachts überqueren dürfen."),
    ("por", "Latn", "A velha ponte do porto vai reabrir aos ciclistas no próximo mês, depois de dois anos de obras, informou a \
        câmara municipal na segunda-feira. Os operários trocaram quase todas as tábuas e pintaram as grades, mas ainda é preciso \
        testar as luzes antes que os primeiros visitantes possam atravessar o rio à noite."),
    ("ita", "Latn", "Il vecchio ponte del porto riaprirà ai ciclisti il mese prossimo dopo due anni di lavori, ha fatto sapere \
        lunedì il consiglio comunale. Gli operai hanno sostituito quasi tutte le assi e verniciato le ringhiere, ma bisogna \
        ancora provare le luci prima che i primi visitatori possano attraversare il fiume di notte."),
    ("ind", "Latn", "Jembatan tua di pelabuhan akan dibuka kembali untuk pesepeda bulan depan setelah dua tahun perbaikan, kata \
        dewan kota pada hari Senin. Para pekerja telah mengganti hampir semua papan dan mengecat pagar, namun lampu masih harus \
        diuji sebelum pengunjung pertama dapat menyeberangi sungai pada malam hari karena jalannya gelap."),
    ("arb", "Arab", "سيعاد فتح الجسر القديم في الميناء أمام راكبي الدراجات الشهر المقبل بعد عامين من أعمال الإصلاح، حسبما أعلن مجلس \
        المدينة يوم الاثنين. وقد استبدل العمال معظم الألواح الخشبية وطلوا الحواجز، لكن لا بد من تجربة المصابيح قبل أن يتمكن \
        الزوار الأوائل من عبور النهر ليلا."),
    ("cmn", "Hans", "经过两年的维修，港口的老桥将于下个月重新对骑自行车的人开放，市议会星期一说。工人们更换了几乎所有的木板，并粉刷了栏杆，\
        但是在第一批游客能够在夜间过河之前，还需要对灯光进行测试。市长感谢了为工人送茶的志愿者。"),
    ("jpn", "Jpan", "港にある古い橋は、二年間の修理を終えて、来月から自転車で再び渡れるようになると、市議会が月曜日に発表した。\
        作業員はほとんどの板を取り替え、手すりを塗り直したが、夜に川を渡れるようになる前に、明かりの試験がまだ必要だという。"),
    ("kor", "Hang", "항구의 낡은 다리가 이 년 동안의 보수를 마치고 다음 달부터 자전거를 타는 사람들에게 다시 열린다고 시의회가 월요일에 \
        밝혔다. 일꾼들은 거의 모든 널빤지를 바꾸고 난간을 칠했지만, 밤에 강을 건너려면 먼저 등불을 시험해야 한다."),
    ("pol", "Latn", "Stary most w porcie zostanie ponownie otwarty dla rowerzystów w przyszłym miesiącu po dwóch latach remontu, \
        poinformowała w poniedziałek rada miasta. Robotnicy wymienili prawie wszystkie deski i pomalowali poręcze, ale trzeba \
        jeszcze sprawdzić światła, zanim pierwsi goście będą mogli przejść przez rzekę w nocy."),
    ("vie", "Latn", "Cây cầu cũ ở bến cảng sẽ mở cửa trở lại cho người đi xe đạp vào tháng tới sau hai năm sửa chữa, hội đồng thành \
        phố cho biết hôm thứ hai. Công nhân đã thay gần hết các tấm ván và sơn lại lan can, nhưng đèn vẫn phải được thử trước khi \
        những du khách đầu tiên có thể qua sông vào ban đêm."),
    ("hin", "Deva", "बंदरगाह का पुराना पुल दो साल की मरम्मत के बाद अगले महीने साइकिल चालकों के लिए फिर से खोला जाएगा, नगर परिषद ने सोमवार को कहा। \
        मजदूरों ने लगभग सभी तख्ते बदल दिए और रेलिंग को रंग दिया, लेकिन रात में पहले यात्रियों के नदी पार करने से पहले बत्तियों की जाँच करनी होगी।"),
];

fn paragraph(code: &str) -> &'static str {
    PARAGRAPHS.iter().find(|(known, ..)| *known == code).expect("a known language").2
}

#[test]
fn news_paragraphs_in_seventeen_languages_are_known_for_sure() {
    for (code, script, text) in PARAGRAPHS {
        let guess = guess(text);
        assert_eq!((guess.code, guess.is_reliable), (*code, true), "{guess:?}");
        assert_eq!(main_script(text), Some(*script));
        let article = article_language(&[text, text]);
        assert_eq!((article.language.as_str(), article.script.as_deref()), (*code, Some(*script)));
        assert_eq!(article.foreign_share, Some(0.0), "{code}");
        assert!(article.score > 0.9);
        let prior = prior(text);
        assert_eq!(prior.script, Some(*script), "{code}");
    }
}

#[test]
fn single_sentences_follow_their_article() {
    for (code, _, text) in PARAGRAPHS {
        let sentences: Vec<&str> = text.split_inclusive(['.', ',', '，', '。', '।', '،', '、']).collect();
        let mut paragraphs = sentences.clone();
        paragraphs.push(text);
        let article = article_language(&paragraphs);
        assert_eq!((article.language.as_str(), article.foreign_share), (*code, Some(0.0)), "{code}");
    }
}

#[test]
fn too_few_letters_and_letters_of_unknown_languages_give_no_language() {
    assert_eq!(guess("Pier 7 opens"), Guess::NONE);
    assert_eq!(guess(""), Guess::NONE);
    let short = article_language(&["Pier 7", "12:30"]);
    assert_eq!((short.language.as_str(), short.foreign_share), (UNDETERMINED, None));
    let kazakh = "Ескі көпір келесі айда қайта ашылады, деп хабарлады қалалық кеңес дүйсенбі күні. Жұмысшылар тақтайларды ауыстырды.";
    assert!(!guess(kazakh).is_reliable);
    assert_eq!(article_language(&[kazakh]).language, UNDETERMINED);
    assert_eq!(article_language(&[]).language, UNDETERMINED);
}

#[test]
fn an_article_in_two_languages_is_called_so() {
    let mixed = article_language(&[paragraph("eng"), paragraph("rus")]);
    assert_eq!(mixed.language, SEVERAL);
    let mixed = article_language(&[paragraph("eng"), paragraph("fra")]);
    assert_eq!(mixed.language, SEVERAL);
}

#[test]
fn one_foreign_paragraph_is_a_share_and_not_the_language() {
    let english = paragraph("eng");
    for other in ["rus", "fra", "deu", "cmn", "ind", "arb", "pol"] {
        let mut paragraphs = vec![english; 5];
        paragraphs.push(paragraph(other));
        let article = article_language(&paragraphs);
        assert_eq!(article.language, "eng");
        let share = article.foreign_share.expect("a share");
        assert!((0.05..0.4).contains(&share), "{other}: {share}");
    }
}

#[test]
fn a_foreign_quotation_inside_a_paragraph_changes_nothing() {
    let text = format!("{} “Все будет хорошо”, he added, and left the room.", paragraph("eng"));
    let article = article_language(&[&text, "“Все будет хорошо”", "— Да"]);
    assert_eq!((article.language.as_str(), article.script.as_deref()), ("eng", Some("Latn")));
}

#[test]
fn common_words_belong_to_one_language() {
    for (code, words) in COMMON_WORDS {
        assert!(words.iter().all(|word| word.len() <= MAX_COMMON_BYTES), "{code}");
        for (other, _, text) in PARAGRAPHS {
            assert!(code == other || !has_common_words(text, code), "{other} is taken for {code}");
        }
        let is_told = matches!(*code, "nld" | "tur") || has_common_words(paragraph(code), code);
        assert!(is_told, "{code}");
    }
}

#[test]
fn lines_that_speak_to_the_reader_are_known_by_their_words() {
    let list =
        "- Oil the oars and check your rope\n- Choose boats that fit\n- Row out when tides allow\n- Keep a lamp lit";
    assert!(has_common_words(list, "eng"));
    assert!(!has_common_words(
        "- Olie de riemen\n- Kies een boot\n- Roei uit bij vloed\n- Houd een lamp aan, hoe dan ook",
        "eng"
    ));
}

#[test]
fn malay_is_told_from_indonesian() {
    let malay = "Jambatan lama di pelabuhan akan dibuka semula kepada penunggang basikal bulan depan selepas dua tahun dibaiki, \
        kata majlis bandar pada hari Isnin. Beliau berkata bahawa lampu masih perlu diuji kerana jalan itu gelap, manakala polis \
        akan mengawal sungai pada waktu malam.";
    assert_eq!(guess(malay).code, "zsm");
    assert_eq!(article_language(&[malay]).language, "zsm");
}

#[test]
fn neighbours_in_cyrillic_are_told_apart_in_long_paragraphs() {
    let bulgarian = "Старият мост на пристанището ще бъде отворен отново за велосипедисти следващия месец след две години ремонт, \
        съобщиха от общинския съвет в понеделник. Работниците смениха почти всички дъски и боядисаха парапета, но лампите \
        трябва да бъдат изпитани, преди първите посетители да минат през реката нощем.";
    let serbian = "Стари мост у луци биће поново отворен за бициклисте следећег месеца после две године радова, саопштило је градско \
        веће у понедељак. Радници су заменили скоро све даске и обојили ограду, али светла тек треба да буду испробана пре него \
        што први посетиоци пређу реку ноћу.";
    let belarusian = "Стары мост у гавані адкрыюць для веласіпедыстаў у наступным месяцы пасля двух гадоў рамонту, паведамілі ў \
        гарадскім савеце ў панядзелак. Рабочыя замянілі амаль усе дошкі і пафарбавалі поручні, аднак святло яшчэ трэба праверыць.";
    for (code, text) in [("bul", bulgarian), ("srp", serbian), ("bel", belarusian)] {
        assert_eq!((guess(text).code, guess(text).is_reliable), (code, true));
    }
}

#[test]
fn the_prior_looks_at_head_middle_and_tail() {
    let menu = "Главная Новости Контакты Подписка ".repeat(12);
    let text = format!("{menu}{}{menu}", paragraph("eng").repeat(12));
    assert_eq!(prior(&text).script, Some("Latn"));
    assert_eq!(prior("").script, None);
}

#[test]
fn mixed_letters_of_two_scripts_are_not_reliable() {
    let text = format!("{} {}", paragraph("eng"), paragraph("rus"));
    assert!(!guess(&text).is_reliable);
}

#[test]
fn any_text_is_read_without_panic() {
    arbtest::arbtest(|u| {
        let text: String = u.arbitrary()?;
        let parts: Vec<&str> = text.split(' ').collect();
        let _ = (guess(&text), prior(&text), main_script(&text), code_of(&text));
        let article = article_language(&parts);
        assert!((0.0..=1.0).contains(&article.score));
        Ok(())
    });
}
