"""Words that say too much of people: of health, faith, origin, politics, love or distress.

In the languages that cells speak (en, fr, es, de, mi), folded (``kernel.text``). Nobody may be
picked by them. No Django here.
"""

import re

from vitrine.kernel.text import folded

BEGINNINGS = """
abort addict adict adipos alcooli alcoholi alkoholi abnehm angststor ansiedad antidepres anticoncep
anxi apothek autis avort behinder bipolar bulimi anorexi cancer chemotherap chimiotherap quimioterap
condom kondom contracep depress depresi diabet dialys dialis disabil discapacid drogensucht epilep
enceint erectil erektil embaraz farmac pharma fertility fertilidad fruchtbark unfruchtbar gesundheit
grossesse handicape healthcare hepatit herpes incontinen inkontinen infertil insulin krankheit
maladie enfermedad medicament medicacion medication medicin medikament menopaus mentalhealth
methadon obes pregnan preservatif preservativo psychiatr psiquiatr psychother psicoterap
saludmental santemental schwanger sildenafil suchtkrank suicid selbstmord terap therap verhut viagra
wechseljahr weightloss adelgaz

relig christian chretien christlich christentum cristian catholi catolic katholi protestant muslim
moslem musulman islam jewish judai judio judisch judentum juif juive hindu buddh boudd budis sikh
athei atheis ateis synagog sinagog mosque mezquit moschee bible biblia bibel quran koran
coran hijab kippa halal kosher koscher whakapono

immigra inmigra einwander migrant refugee refugi fluchtling asyl asile asilo indigen autochton
aborigin gitano zigeuner tangatawhenua

politi election eleccion bundestagswahl wahlkampf republican democrat demokrat liberal conservative
conservateur conservador konservativ communis comunis kommunis socialis sozialis syndicat sindicat
gewerkschaft tradeunion torangapu

lesbi lesbe bisex homosex transgen transsex transex queer lgbt sexuali schwul takatapui

bankrupt bancarrota faillite insolven quiebra divorc scheidung geschieden endett verschuld
""".split()
"""What such a word begins with."""
WHOLE = """
adhd aids hiv vih sida health sante salud hauora hapu krebs disability mental
atheist ateo athee church eglise iglesia kirche hahi torah rosary catholic
asylum maori iwi
vote voter voting voto votar wahl wahlen union poti elections
gay gays bi trans
debt debts dette dettes deuda deudas schulden nama
""".split()
"""Such words where longer ones are another thing, as with "transport"."""
IN_TEXT = rf"\m({'|'.join(BEGINNINGS)}|({'|'.join(WHOLE)})\M)"
"""What finds one of them in folded text, as Postgres writes it."""
_WORD = re.compile("|".join([*(f"{word}.*" for word in BEGINNINGS), *WHOLE]))


def says_too_much(word: str) -> bool:
    """Tell whether a word, such as a hashtag, is one of them."""
    return _WORD.fullmatch(folded(word)) is not None
