"""Sentences written for this project about what word lists get wrong.

Negation, counter-speech, quoted abuse, reclaimed words, homonyms of slurs, figures of speech
with violent words, abuse of things: each beside hostile sentences of the same build, so that
neither the frame's words nor the names in it give the answer away.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import cycle, islice

import pandas as pd

from moderation.frames import text_key
from moderation.scorers.toxicity import ToxicityScorer
from moderation.training.templates import GROUP_ADJECTIVES, GROUP_NOUNS

NAME = "functional"
"""What the manifest calls these rows."""
PER_FRAME = 9
"""So many names stand in each frame, in turn, so that every name meets every kind of frame."""
_NONE = dict.fromkeys(ToxicityScorer.attributes, 0.0)
_HATE = {"toxicity": 1.0, "identity_attack": 1.0, "sexually_explicit": 0.0}
_GROUP_THREAT = _HATE | {"threat": 1.0}
_GROUP_INSULT = _HATE | {"insult": 1.0, "threat": 0.0}
_INSULT = {
    "toxicity": 1.0, "insult": 1.0, "identity_attack": 0.0, "threat": 0.0, "sexually_explicit": 0.0,
}  # fmt: skip
_THREAT = {"toxicity": 1.0, "threat": 1.0, "identity_attack": 0.0, "sexually_explicit": 0.0}
_SWEARING = {
    "profanity": 1.0, "insult": 0.0, "identity_attack": 0.0, "threat": 0.0, "severe_toxicity": 0.0,
}  # fmt: skip
_NO_GROUP = {"identity_attack": 0.0, "threat": 0.0, "sexually_explicit": 0.0}
_ATTACK = _INSULT | {"attack_on_commenter": 1.0, "spam": 0.0}
_ABSENT = _INSULT | {"attack_on_commenter": 0.0, "spam": 0.0}
_ADVERTISING = dict.fromkeys(ToxicityScorer.attributes, 0.0) | {"spam": 1.0}
_SEXUAL = {"sexually_explicit": 1.0, "identity_attack": 0.0, "threat": 0.0}

_BENIGN_NOUNS = (
    "I don't hate {}. I never have.",
    "{} are not vermin, they are our neighbours.",
    "No, {} are not stupid, and you should know better.",
    "Nobody here says that {} should be sent away.",
    "I would never call {} criminals.",
    "It is a lie that {} are lazy.",
    'Whoever writes "{} are scum" should be ashamed.',
    'He shouted "I hate {}" at the bus stop, and all of us told him to stop.',
    'Saying "get rid of all {}" is hate speech and has no place here.',
    "You said {} are disgusting. That is a horrible thing to say.",
    'The graffiti read "{} out". The town painted over it within a day.',
    "How can anyone still believe that {} are worth less than others?",
    "People who attack {} should go to prison.",
    "The man who threatened to kill {} was sentenced on Monday.",
    "Am I the only one who thinks {} are treated unfairly?",
    "Why are {} blamed for everything?",
    "{} deserve the same rights as you and me.",
    "We need more {} in parliament.",
    "I love {}!",
    "Calling {} animals says more about you than about them.",
    "Stop lying about {}.",
    "I disagree with the party on {}, but the report has its numbers right.",
    "There is no proof that {} commit more crimes.",
    "How dare you say that {} are not human?",
    "{} were murdered in that war, and we must never forget it.",
)
_HATE_NOUNS = (
    "I don't just dislike {}, I hate every one of them.",
    "{} are not human beings.",
    "{} don't deserve to live.",
    "No, I will never respect {}, they are worth nothing.",
    "Nobody wants {} here. Get out.",
    "I won't be friends with {}, they are all thieves.",
    "It is no lie that {} are filthy.",
    "Whoever says {} are people is lying.",
    "Am I the only one who thinks {} should be locked up?",
    "Why are {} so disgusting?",
    "Isn't it time we got rid of all the {}?",
    "{} breed like rats.",
    "Our streets were cleaner before the {} came.",
    "{} belong in a cage.",
    "You can't trust {}, it is in their blood.",
    "Everything wrong with this country comes from {}.",
    "If you defend {}, you are as sick as they are.",
    "I say it openly: {} are inferior.",
    "{} have no business voting, they have the brains of apes.",
    "The world would be a better place without {}.",
    "God hates {} and so do I.",
    "They call it racism, I call it the truth: {} are savages.",
    "Let me be clear, {} disgust me.",
    "{} ruin every neighbourhood they move into.",
    "My son will never marry one of those {}, I would rather bury him.",
)
_THREAT_NOUNS = (
    "I am going to shoot the next {} I see.",
    "Somebody should burn down the houses of {}.",
    "{} must be hanged, all of them.",
    "If {} come to my street, they will leave in coffins.",
    "One day we will kill all {}.",
    "Round up the {} and gas them.",
)
_BENIGN_ADJECTIVES = (
    "My {} colleague is not lazy, she works harder than I do.",
    "There is nothing wrong with being {}.",
    "You are {}? So is my brother, welcome!",
    "As a {} person I am tired of being insulted.",
    "He was beaten up because he is {}. The police are looking for witnesses.",
    'They called her "{} filth" on the train. Nobody helped.',
    "I'm {} and I'm happy with who I am.",
    "It's great to see a {} actor in that part.",
    "We are {}, we are here, and we are not going away.",
    "This {} family lost everything in the fire, please help them.",
    "Not all {} people think alike.",
    "{} history should be taught in every school.",
    "The film shows {} life in the fifties as it was.",
    "{} people are beautiful.",
)
_HATE_ADJECTIVES = (
    "You are just another {} piece of filth.",
    "There is something wrong with anybody who is {}.",
    "You are {}? Then get out of my country.",
    "As a normal person I am sick of {} people.",
    "Shut up, you {} pig.",
    "I would rather die than sit beside a {} person.",
    "It's disgusting to see a {} actor in that part.",
    "A {} person can never be one of us.",
    "No {} person has ever done anything useful.",
    "{} people are ugly and they stink.",
    "Being {} is a disease.",
    "Typical {} rat, always lying.",
    "Send that {} trash back.",
    "{} culture is worthless.",
)
_PEOPLE = "idiot moron fool clown loser coward liar imbecile rat pig parasite disgrace"
_ATTACKS = (
    "You are a complete {}.",
    "What a {} you are.",
    "Only a {} could write a comment like yours.",
    "Go away, you pathetic {}.",
    "Nobody asked you, {}.",
    "Read it again, {}, slowly this time.",
    "@Carol You're a {} and everybody in this thread knows it.",
)
_INSULTS = (
    "The author is a {} and always was.",
    "The mayor is a {}.",
    "That singer? A {}, nothing else.",
    "He married a {} and she married a {}.",
    "What a {} the referee was tonight.",
)
_NO_INSULTS = (
    'He called me a "{}" and I reported him.',
    "You are no {}, don't let them tell you that.",
    "I never said you were a {}.",
    "Please don't call other readers {}. Stay polite.",
    'In the play she is known as "the {}".',
    "I felt like a {} when I saw that I had been wrong.",
)
_SWEAR = "fucking damn bloody fuckin goddamn"
_SWEARING_FRAMES = (
    "That was {} brilliant!",
    "I am so {} tired today.",
    "What a {} great match, congratulations!",
    "It is too {} cold outside.",
    "I {} love this song.",
)
_SWEARING_LINES = (
    "Holy shit, we won!",
    "Fuck yes, the shop is open again.",
    "Oh shit, I forgot my keys.",
    "I burnt the fucking cake again.",
    "This weather is shit.",
    "No shit, that goal was amazing.",
)
_THREATS = (
    "I know where you live and I will come for you.",
    "I will find you and break your legs.",
    "You will be dead by the weekend.",
    "Watch your back, somebody is going to put a bullet in you.",
    "Say that again and I'll knock your teeth out.",
    "I hope somebody stabs you.",
    "We are going to burn your house with you in it.",
    "Next time I see you I'll cut your throat.",
    "You should be shot for writing this.",
    "If you come here again, I will kill you and your dog.",
    "Somebody ought to hang that judge from a tree.",
    "I'd love to beat you until you stop moving.",
    "Pay up or your children get hurt.",
    "Sleep well while you still can, I am coming tonight.",
    "Your family will regret that you were born, I'll see to it.",
    "One more article like this and your office goes up in flames.",
)
_NO_THREATS = (
    "You killed it on stage last night!",
    "I could murder a pizza.",
    "This heat is killing me.",
    "That joke nearly made me die laughing.",
    "She will destroy the competition on Sunday.",
    "We got slaughtered in the second half, five nil.",
    "My boss will kill me if I am late again.",
    "I'd shoot that scene from the other side of the street.",
    "Kill the process and start the server again.",
    "The police said that the man had threatened to shoot his neighbour.",
    "The bomb killed forty people, among them six children.",
    "Nobody has the right to threaten a journalist with death.",
    "They hanged him in 1793.",
    "Hang the picture over the sofa.",
    "The vaccine kills no one, the disease does.",
    "Beat the eggs and cut the butter into cubes.",
    "Fire the coach? I would keep him.",
    "He was stabbed outside the station. I hope he gets well soon.",
    "I know where you live, we met at the summer party!",
    "I will come for you at eight, the film starts at nine.",
    "Burn the old letters if you must, but keep the stamps.",
)
_HOMONYMS = (
    "The dyke held and the village stayed dry.",
    "There is a chink in the armour of this argument.",
    "Serve the soup with a cracker and some cheese.",
    "Let us call a spade a spade.",
    "The frost nipped the buds. Nip it while it is small.",
    "Our bitch had five puppies last week, all healthy.",
    "The cock crows at four, long before anyone is up.",
    "A blue tit and a great tit came to the feeder.",
    "Mary rode on an ass to Bethlehem.",
    "The pussy willow is in flower by the river.",
    "My grandfather came from Yorkshire and liked faggots with peas.",
    "He went out for a fag and a cup of tea.",
    "Cold slows, or retards, the growth of yeast.",
    "The fire retardant was tested on pine.",
    "The coon hound and the raccoon met at the fence.",
    "A paddy field needs a lot of water.",
    "We ski on the north slope.",
    "The ape, the monkey and the pig are in the second part of the zoo.",
    "A rat has been seen in the kitchen of the school.",
    "The cancer was found early, thank God.",
    "Parasites in the dog's gut can be treated.",
    "Cockroaches survive nearly everything.",
    "The garbage is collected on Tuesdays.",
    "The filth on the beach came from the tanker.",
    "Dick Turner and Randy Holmes wrote the report.",
    "He comes from Scunthorpe and studied in Essex.",
    "The white wine was better than the red.",
    "Black coffee for me, brown sugar for her.",
    "The Oriental rug needs cleaning.",
    "Gypsy moths have eaten the oak leaves.",
    "The nuts and the screws are in the blue box.",
    "He nailed it, what a beast of a song!",
)
_RECLAIMED = (
    "We are queer and proud of it.",
    "Queer film week starts on Friday.",
    "My girlfriend and I are proud dykes and run a bike shop.",
    "Dykes on bikes opened the parade, and everyone cheered.",
    "As a crip I want ramps, no pity.",
    "My bitches and I are going dancing tonight, love you girls!",
    "We fat girls look great in red.",
    "I'm a nerd and a freak and I love it.",
    "Us old hags meet for chess on Thursdays.",
    "Us queers have to stick together.",
)
_THINGS = "phone mattress printer sandwich sequel motorway password form update jacket"
_THING_FRAMES = (
    "This {} is garbage.",
    "I hate my new {}.",
    "What a stupid {}, it never works.",
    "The {} is disgusting and I want my money back.",
    "Throw that useless {} out of the window.",
    "Worst {} ever. A disgrace.",
)
_TRADES = "bankers landlords politicians journalists referees capitalists lawyers smokers"
_TRADE_FRAMES = (
    "All {} are scum.",
    "{} are parasites.",
    "I hate {}.",
    "{} are stupid and lazy.",
    "Lock up the {}.",
)
_CRITICISM = (
    "I disagree with every word of this article.",
    "Your argument makes no sense, and the figures are wrong.",
    "The minister has failed and should resign.",
    "This is poor journalism. Where are the sources?",
    "You have not read the report, have you?",
    "The council's plan is a bad idea, and here is why.",
    "I can't stand this kind of music, sorry.",
    "Taxes are too high, and nothing is done about it.",
    "That law was a mistake from the start.",
    "The president's speech was weak and too long.",
    "Nonsense. The bridge was built in 1962.",
    "You are wrong about the date.",
    "I am angry and ashamed of what my government has done.",
    "The war is a crime, whoever started it.",
    "Religion has no place in school, in my view.",
    "Immigration should be lower, and those who are here should be treated well.",
    "I don't believe in God and I don't mind if you do.",
    "Congratulations to the winner, and well played to both.",
    "Thank you for this article, I learnt a lot.",
    "What time does the museum open?",
)
_SEXUAL_LINES = (
    "Send me pictures of your naked body.",
    "I want to have sex with you right now.",
    "Take your clothes off and show me your breasts.",
    "She moaned as he pulled off her underwear and entered her.",
    "I'd love to lick you all over.",
    "He came on her face while she was on her knees.",
    "My cock is hard, do you want it?",
    "Spread your legs for me, baby.",
    "They had sex on the kitchen table, loud and long.",
    "Are you wet? Tell me what you would do to me in bed.",
    "I want to feel your tits against me.",
    "Do you like it from behind?",
    "He put his hand between her thighs and made her come.",
    "Sit on my face.",
    "Hot girls in your town want to get naked on camera.",
    "She sucked him until he came.",
)
_NO_SEXUAL = (
    "The clinic offers free breast cancer screening in May.",
    "Sex education starts in the fifth year at our school.",
    "The sexes were paid differently for the same work.",
    "The museum has a new hall of Greek nudes.",
    "Same-sex couples may now adopt.",
    "Grill the chicken breasts for ten minutes and let the thighs rest.",
    "She was a victim of sexual assault and spoke about it in court.",
    "Do you like it? I baked it this morning.",
    "He came home late and put his hand on the stove to see if it was warm.",
    "Take your coat off and show me the photos of your trip.",
    "The birth was hard, but mother and child are well.",
    "He was wet to the skin after the storm.",
)
_GOODS = (
    "running shoes|phone cases|hair oil|garden lights|dog beds|vitamin drops|watches|sofas|"
    "used cars|language lessons"
)
_ADVERTISING_FRAMES = (
    "Best {} at half price, order now on our site!",
    "Looking for {}? Visit our shop, link in my profile.",
    "I sell {} and ship anywhere, message me on WhatsApp.",
    "Great post! By the way, we have the cheapest {} here: www.example.com/offer",
    "Use the code SAVE20 for {} until Sunday.",
)
_ADVERTISING_LINES = (
    "I make 95 dollars an hour working from home, see how on my page.",
    "My neighbour earned $8,400 last month on the internet, click here to start.",
    "Check out my new channel and subscribe, I post every day!",
    "Please listen to my song, the link is on my profile.",
    "Sub to me and I will sub back.",
    "Earn money with crypto, guaranteed profit in seven days, write to me.",
    "I got my ex back thanks to doctor Amaru's spell, contact him by mail.",
    "Need a loan? Low rates, no questions, apply today.",
    "Hot singles are waiting for you, sign up for free.",
    "Buy followers and likes here, fast and safe.",
    "Win a new phone! Just fill in this form.",
    "We write your essay in six hours, professional authors, money back.",
    "Thumbs up if you want to see more, and share my video please.",
    "Visit http://example.net for cheap flights and hotels.",
    "This casino pays out at once, 200 free spins for new players.",
    "Lost 12 kilos in three weeks with this tea, get yours today.",
)
_NO_ADVERTISING = (
    "I bought these shoes last year and the sole came off after a month.",
    "Does anyone know a shop that still repairs watches?",
    "The link in the article is broken.",
    "The report is at www.example.org/report.pdf, page 12 has the table.",
    "My daughter works from home three days a week, and it suits her.",
    "They charge 95 dollars an hour for a plumber now.",
    "I like this channel, the interview was well prepared.",
    "Subscribers can read the whole story, the rest of us cannot.",
    "I listened to the song again and found it better than I remembered.",
    "The casino closed, and two hundred people lost their jobs.",
    "Crypto is a bubble, as the bank says.",
    "Free parking on Sundays would help the shops in the centre.",
    "The loan has to be paid back by 2031.",
    "I lost twelve kilos by walking to work.",
    "Buying a used car from a friend is a bad idea, believe me.",
    "See the earlier article on this site, it explains the vote.",
)


def functional_rows() -> pd.DataFrame:
    """Return the sentences as rows of a set: ``text``, ``key``, ``set``, ``family`` and so on.

    Attributes a kind of sentence says nothing of are NaN.
    """
    rows = [{"text": text} | labels for texts, labels in _kinds() for text in texts]
    frame = pd.DataFrame(rows).drop_duplicates("text", ignore_index=True)
    frame["key"] = [text_key(text) for text in frame["text"]]
    return frame.assign(set=NAME, family=NAME, weight=1.0, split="train")


def functional_facts() -> dict[str, object]:
    """Describe the sentences as a manifest describes a set."""
    texts = functional_rows()["text"]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    licence = "Apache-2.0, written for this project"
    return {"licence": licence, "terms": "clean", "sha256": digest, "rows": len(texts)}


def _kinds() -> Iterator[tuple[Iterable[str], dict[str, float]]]:
    nouns, adjectives = GROUP_NOUNS, GROUP_ADJECTIVES
    yield _fill(_BENIGN_NOUNS, nouns, PER_FRAME), _NONE
    yield _fill(_HATE_NOUNS, nouns, PER_FRAME), _HATE
    yield _fill(_THREAT_NOUNS, nouns, PER_FRAME), _GROUP_THREAT
    yield _fill(_BENIGN_ADJECTIVES, adjectives, PER_FRAME), _NONE
    yield _fill(_HATE_ADJECTIVES, adjectives, PER_FRAME), _GROUP_INSULT
    yield _fill(_ATTACKS, _PEOPLE), _ATTACK
    yield _fill(_INSULTS, _PEOPLE), _ABSENT
    yield _fill(_NO_INSULTS, _PEOPLE), _NONE
    yield _fill(_SWEARING_FRAMES, _SWEAR), _SWEARING
    yield _SWEARING_LINES, _SWEARING
    yield _THREATS, _THREAT
    for lines in (_NO_THREATS, _HOMONYMS, _RECLAIMED, _CRITICISM, _NO_SEXUAL, _NO_ADVERTISING):
        yield lines, _NONE
    yield _fill(_THING_FRAMES, _THINGS), _NO_GROUP | {"toxicity": 0.0, "insult": 0.0}
    yield _fill(_TRADE_FRAMES, _TRADES), _NO_GROUP
    yield _SEXUAL_LINES, _SEXUAL
    yield _fill(_ADVERTISING_FRAMES, _GOODS, separator="|"), _ADVERTISING
    yield _ADVERTISING_LINES, _ADVERTISING


def _fill(
    frames: tuple[str, ...], names: str, most: int | None = None, separator: str | None = None
) -> Iterator[str]:
    """Put names into frames; each frame takes up in the list where the last one ended."""
    listed = names.split(separator)
    turns = cycle(listed)
    for frame in frames:
        chosen = islice(turns, len(listed) if most is None else most)
        yield from (frame.replace("{}", name) for name in chosen)
