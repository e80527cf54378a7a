//! Given names: comes in a word, goes out whether many people bear it as their first name. A capital letter tells a name
//! from a clause, but not from a section, a house or a ware (`Machine Learning`, `Block Renovation`): where nothing else
//! says that somebody is meant, this table does. It knows common names of Europe, the Americas and South Asia in Latin
//! letters, without those that are words or places first (`Dawn`, `Paris`); a name that it lacks is no less a name.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// The names, in lower case and without accents, in order.
#[rustfmt::skip]
const GIVEN_NAMES: &str = "aaron abby abdul abdullah abel abhishek abigail abraham ada adam adele adeline aditi aditya adrian adriana \
    adrien agata agatha agnes agnieszka ahmad ahmed aidan aimee aisha ajay akash akira alain alan alana alastair \
    albert alberto aleksander aleksandr aleksandra alena alessandra alessandro alessia alex alexa alexander \
    alexandra alexandre alexandria alexei alexey alexis alfie alfonso alfred alfredo ali alice alicia alina alisa \
    alison alissa allan allen allie allison alma alok althea alvaro alvin alyssa amalia amanda amandine amar amelia \
    amelie amin amina amir amit amy ana anand anastasia anders andre andrea andreas andreea andrei andrej andres \
    andrew andrey andrzej andy aneta angela angelica angelina angelo angie angus anika anil anisha anita anja ankit \
    ankita ann anna annabel annabelle anne annemarie annette annie annika anouk anselm anthony antje antoine \
    antoinette anton antonia antonio anu anuj anya archie ariana arianna ariel arjun arlene armando arnaud arnold \
    artem arthur arturo arun arvind asa ashish ashley ashton astrid athena aubrey audrey augustin aurelia aurelie \
    ava avery aya ayesha ayse azadeh barbara barry bart bartek bartosz bastian beata beatrice beatrix beatriz becca \
    becky belen belinda ben benedict benedikt bengt benita benjamin benoit bernadette bernard bernardo bernd \
    bernhard bernie bert bertrand beth bethany betsy bettina betty beverly bianca birgit bjorn blaise blake blanca \
    bob bobby bogdan bonnie boris brad bradley brady branden brandi brandon brenda brendan brenna brent bret brett \
    brian briana brianna bridget brigitte britta brittany brock brooke bruce bruno bryan bryce bryn bryony burak \
    byron caitlin caleb callum calvin cameron camila camilla camille candace candice carina carl carla carlo carlos \
    carly carmen carol carole carolin carolina caroline carolyn carrie carsten casey cassandra cassidy cassie \
    catalina caterina catherine cathy catriona cecile cecilia cedric celeste celia celine cesar chad chandra chantal \
    charlene charles charlie charlotte chelsea chengcheng cheryl chester chiara chloe chris chrissy christa christel \
    christelle christi christian christiana christiane christie christina christine christof christoffer christoph \
    christophe christopher christy ciara cindy claire clara clare clarence clarissa claude claudia claudio claus \
    clayton clemens clement cliff clifford clint clive cody colette colin colleen connie connor conor conrad \
    constance constantin cora cordelia corey corinna corinne cornelia cory courtney craig cristian cristiano \
    cristina curtis cynthia cyril cyrus dagmar dale damian damien damon dan dana daniel daniela daniele daniella \
    danielle danny daphne dara daria dario darius darlene darrell darren darryl daryl dave david davide dean deanna \
    debbie deborah debra declan deepa deepak deirdre delia demetrius denis denise dennis derek desiree devin devon \
    dexter diana diane didier diego dieter dietmar dilip dimitri dimitris dina dinesh dirk divya dmitri dmitry \
    dmytro dolores dominic dominik dominika dominique don donald donna dora doreen dorian doris dorota dorothea \
    dorothy doug douglas drew duane duncan dustin dwayne dwight dylan earl eberhard ebony eddie edgar edgardo edith \
    edmund edna eduard eduardo edward edwin efrain egor eileen ekaterina elaine eleanor elena eleni eli elia elias \
    elif elijah elin elina elisa elisabeth elisabetta elise elisha eliza elizabeth ella elle ellen ellie elliot \
    elliott elsa elsie elvira emanuel emanuele emil emile emilia emiliano emilie emilio emily emine emma emmanuel \
    emmanuelle emmett enrico enrique enzo eric erica erich erick erik erika erin ernest ernesto ernst erwin esme \
    esmeralda esteban estefania estelle ester esther ethan etienne eugene eugenia eugenio eunice eva evan evangeline \
    eve evelyn everett ewa ezra fabian fabien fabienne fabio fabrice fabrizio fadi farah faris fatima fatma federica \
    federico felicia felicity felipe felix ferdinand fergus fernanda fernando filip filippo finn fiona flora \
    florence florian floyd frances francesca francesco francine francis francisca francisco franck francois \
    francoise frank frankie franklin franz franziska fred freddie frederic frederick frederik freya frida frieda \
    friedrich fritz gabriel gabriela gabriele gabriella gabrielle gail galina ganesh gareth garrett garry gary \
    gaurav gavin gemma gene genevieve geoff geoffrey george georges georgina gerald geraldine gerard gerardo gerd \
    gerhard germaine gerry gert gertrude giacomo gianluca gianni gilbert gilberto gilles gillian gina ginny giorgia \
    giorgio giovanna giovanni gisela giulia giuliana giulio giuseppe gladys glenda glenn gloria gopal gordon grace \
    graeme graham grant greg gregg gregor gregory greta gretchen grzegorz guido guillaume guillermo gunnar gunter \
    gus gustav gustavo gwen gwendolyn hadley hakan haley halina hana hank hanna hannah hannes hans harald hari \
    harold harriet harris harrison harry harvey hasan hassan hayden hayley heather hector heidi heike heiko heinrich \
    heinz helen helena helene helga helmut henri henriette henrik henrique henry herbert herman hermann hernan \
    hilary hilda hiroshi holger hollie holly horst howard hubert hugh hugo humberto hussein hyacinth ian ibrahim ida \
    ignacio igor ike ilaria ilona ilya imogen imran ina indira ines inga inge ingo ingrid ioana ira irena irene \
    irina iris irma irving isaac isabel isabela isabella isabelle isaiah ishaan ismael ismail ivan ivana ivanka ivo \
    iwona izabela jack jackie jackson jaclyn jacob jacopo jacqueline jacques jaime jake jakob jakub jamal james \
    jamie jan jana jane janelle janet janice janina janine jannik jared jarek jaroslav jasmin jason jasper javier \
    jay jayne jean jean-claude jean-luc jean-marc jean-paul jean-pierre jeanette jeanine jeanne jeannie jed jeff \
    jefferson jeffery jeffrey jelena jen jenna jennie jennifer jenny jens jeremiah jeremy jerome jerry jess jesse \
    jessica jessie jill jillian jim jimena jimmy jitendra joachim joakim joan joana joanna joanne joao joaquin \
    jocelyn jodi jodie jody joe joel joelle joerg johan johann johanna johannes john johnathan johnny jolanta jon \
    jonah jonas jonathan joni jonny jordan jordi jorge jose josef josefina joseph josephine josh joshua josie josue \
    joyce juan juana juanita judith judy juergen jules julia julian juliana julianna julianne julie julien juliet \
    julieta juliette julio julius jun jurgen justin justina justine justyna jutta jyoti kai kaitlin kaitlyn kamal \
    kamil kara karel karen kari karim karin karina karl karla karolina karsten kartik kasia kat katarina katarzyna \
    kate katelyn katerina katharina katherine kathleen kathryn kathy katia katie katja katrin katrina katy kavita \
    kay kayla keira keith kelley kelli kellie kelly kelsey ken kendall kendra kenji kenneth kenny keri kerri kerry \
    kerstin kevin khaled khalid kieran kiersten kim kimberley kimberly kip kiran kirk kirsten kirstie kirsty kit \
    kjell klaus konrad konstantin kris krishna krista kristen kristi kristian kristin kristina kristine kristof \
    kristy krystal krystian krystyna krzysztof kumar kunal kurt kurtis kyle kylie kyra lakshmi lamar lana lance lara \
    larissa larry lars latoya laura laurel lauren laurence laurent lauri laurie lauryn lawrence lea leah leanne lee \
    leena leigh leila lena lenny leo leon leona leonard leonardo leonie leonor leroy lesley leslie leticia lev levi \
    lewis lia liam liana lidia liisa lila lilia lilian liliana lillian lilly lily lina linda lindsay lindsey linnea \
    linus lionel lisa lise liv livia liz liza lloyd logan lois lola lora loren lorena lorenzo loretta lori lorna \
    lorraine lou louis louisa louise luc luca lucas lucia luciana luciano lucie lucien lucille lucinda lucy ludo \
    ludovic ludwig luigi luis luisa luiz lukas lukasz luke lutz luz lydia lyle lynda lynette lynn lynne mabel maciej \
    mackenzie maddie madeleine madeline mads magda magdalena maggie magnus mahesh mahmoud maja makenzie malcolm \
    malgorzata malik mallory mandy manfred manish manoj manon manuel manuela mara marc marcel marcela marcelo marcia \
    marcin marco marcos marcus marek margaret margarita margaux margo margot marguerite mari maria mariah mariam \
    marian mariana marianna marianne maribel marie mariel mariela marilyn marin marina mario marion marisa marisol \
    marissa marius marjorie mark marko markus marla marlene marlon marsha marta martha martin martina marty martyn \
    marvin mary maryam maryann masha massimo mateo mateusz mathias mathieu mathilde matias matt matteo matthew \
    matthias matthieu mattias maud maura maureen maurice mauricio mauro max maxim maxime maximilian maxine maya \
    mayank meagan meera meg megan meghan mehdi mehmet mei meike mel melanie melinda melissa meredith merle meryl mia \
    micah michael michaela michal michel michele michelle miguel mika mikael mike mikhail mila milan milena miles \
    millie milos milton mimi mina mindy mira miranda mireille miriam mirko miroslav misha missy mitch mitchell \
    mohamed mohammad mohammed mohan mohit moira mollie molly mona monica monika monique morgan moritz morris morten \
    moses muhammad muriel murray mustafa myles myra myriam nadia nadine nancy naomi narendra natalia natalie natasha \
    nate nathalie nathan nathaniel naveen neal ned neha neil nelly nelson nestor nia niall nicholas nick nicky nico \
    nicola nicolas nicole nicoletta nigel nihal nik nika nikhil nikita nikki nikola nikolai nikolaus nils nina nitin \
    noah noel noelle noemi nora norbert noreen norma norman nuno odile olaf oleg oleksandr olena olga oliver olivia \
    olivier olle omar oriol oscar oskar osman otto owain owen ozgur pablo paige pam pamela pankaj paola paolo pascal \
    pascale patrice patricia patricio patrick patrik patti patty paul paula paulina pauline paulo pavel pawel pedro \
    peggy penelope penny percy pernille perry pete peter petra petros petter phil philip philipp philippa philippe \
    phillip phoebe phyllis pia pierce pierre pietro pilar piotr pooja prabhu pradeep prakash pranav prasad prashant \
    pratik praveen preeti preston priscilla priya priyanka przemyslaw quentin quincy quinn rachael rachel rachelle \
    radek rafael rafal raffaele ragnar rahul raimund rainer raj rajan rajat rajesh rajiv ralf ralph ram ramesh ramon \
    ramona randall randi randy rania raphael raquel rashid rashmi raul ravi ray raymond rebecca rebekah regina \
    reginald reinhard rekha remi rena renata renate rene renee reuben reza rhiannon rhonda rhys ricardo riccardo \
    richard richie rick ricky riikka riley rita ritu rob robbie robert roberta roberto robin robyn rocco rochelle \
    rod roderick rodney rodrigo rogelio roger rohan rohit roland rolf roman ron ronald ronan ronda ronnie rory rosa \
    rosalie rosalind rosanna rosario roseanne rosemarie rosemary rosie ross rowan roxana roxanne roy ruben rudolf \
    rudy rui rupert russ russell ruth ryan sabina sabine sabrina sachin sadie sahil salim sally salma salman \
    salvador salvatore sam samantha samir samira sammy samuel sandeep sander sandra sandro sandy sanjay sanjeev \
    santiago santosh sara sarah sasha saskia satish saul saurabh scarlett scott sean sebastian sebastien selena \
    selma serena serge sergei sergey sergio seth shane shannon shari sharon shashank shaun shauna shawn shay shea \
    sheena sheila shelby sheldon shelia shelley shelly sheri sherri sherry shilpa shira shirley shiv shivani shreya \
    shruti shyam sid siddharth sidney siegfried sigrid silke silvia silvio simon simona simone sinead siobhan sissel \
    slava sneha sofia sofie solene sonia sonja sonya sophia sophie soren spencer srinivas stacey stacie stacy stan \
    stanislav stanley stefan stefania stefanie stefano steffen stella stephan stephane stephanie stephen steve \
    steven stewart stuart sue sumit sunil supriya suresh surya susan susana susanna susanne susie suzanne suzie suzy \
    svein sven svetlana swati sybille sylvain sylvia sylvie tabitha takashi talia tamar tamara tammy tania tanja \
    tanya tara tarek tariq tasha tatiana tatyana taylor ted tegan terence teresa teri terrence terri terry tess \
    tessa thaddeus thanh thao thea thelma theo theodor theodore theresa therese thibault thierry thilo thomas \
    thorsten tiago tiffany tillie tim timo timothy tina tino tobias tobin toby tod todd tom tomas tomasz tomek \
    tommaso tommy toni tonia tony tonya tori torsten tracey traci tracie tracy travis trent trevor tricia trina \
    trish tristan trond troy trudy tucker tyler tyrone udo ulf uli ulrich ulrike uma umberto ursula usha uwe vadim \
    valentin valentina valeria valerie valery vanessa varun vasily vera verena vernon veronica veronika veronique \
    vicente vicki vickie vicky victor victoria vijay vikas vikram viktor viktoria vinay vince vincent vincenzo \
    vineet viola violeta virginie vishal vivek vivian viviana viviane vivienne vlad vladimir volker wade waldemar \
    wallace walter wanda warren wayne wendell wendi wendy werner wes wesley wilfried wilhelm willa willard willem \
    william williams willie wilma winston wojciech wolfgang wyatt xavier ximena yael yan yana yann yannick yasmin \
    yasmine yasser yolanda yosef youssef yuan yuki yulia yuri yusuf yves yvette yvonne zach zachariah zachary zack \
    zackery zahra zain zainab zak zane zara zdenek zeynep zoe zoey zofia zoltan zsofia zubair zuzana";

/// Whether a word is a common given name. Accents do not matter, nor does letter case; of two names with a hyphen the
/// first is looked up.
pub(super) fn is_given(word: &str) -> bool {
    static NAMES: LazyLock<FxHashSet<&str>> = LazyLock::new(|| GIVEN_NAMES.split_whitespace().collect());
    let bare: String = word.chars().flat_map(char::to_lowercase).map(plain).collect();
    NAMES.contains(bare.as_str()) || bare.split_once('-').is_some_and(|(first, _)| NAMES.contains(first))
}

/// A letter without its accent.
fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ů' => 'u',
        'ç' | 'ć' | 'č' => 'c',
        'ñ' | 'ń' => 'n',
        'ł' => 'l',
        'ś' | 'š' => 's',
        'ź' | 'ż' | 'ž' => 'z',
        'ý' => 'y',
        'ğ' => 'g',
        'ř' => 'r',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_with_and_without_accents() {
        for name in ["Ada", "SERGIO", "Zoë", "Łukasz", "François", "Jean-Luc", "Anne-Kari"] {
            assert!(is_given(name), "{name}");
        }
        for word in ["Cloud", "Marketing", "Paris", "April", "Harbour", ""] {
            assert!(!is_given(word), "{word}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_plain() {
        let names: Vec<&str> = GIVEN_NAMES.split_whitespace().collect();
        assert!(names.is_sorted());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
    }
}
