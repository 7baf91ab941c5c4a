"""Other languages than English are read by an encoder of their own, behind the English one."""

import numpy as np
import pandas as pd
import pytest

from moderation.scorers import TOXICITY, score_frame
from moderation.scorers.encoder import MULTILINGUAL, EncoderScorer
from moderation.scorers.packaged import read_manifest

ACCURATE = TOXICITY["accurate"]
ENGLISH = "You are a stupid idiot, shut up and leave this town."
PAIRS = [
    (
        "ko",
        "이런 쓰레기 같은 놈은 죽어도 싸다 미친 새끼야",
        "오늘 회의에서 새 버스 노선을 이야기했습니다",
    ),
    (
        "de",
        "Diese verlogenen Drecksäcke gehören alle eingesperrt, ihr widerlichen Idioten.",
        "Der Gemeinderat spricht am Dienstag über die neue Buslinie in der Innenstadt.",
    ),
    (
        "pt",
        "Você é um idiota nojento, cala a boca seu lixo imundo, ninguém te aguenta.",
        "A prefeitura vai falar na terça-feira sobre a nova linha de ônibus do bairro.",
    ),
]
UNKNOWN = "Kaupunginvaltuusto kokoontuu tiistaina keskustelemaan uudesta linja-autolinjasta."


def scored(scorer, *texts):
    return score_frame(scorer, pd.DataFrame({"text": pd.Series(texts, dtype=object)}))


@pytest.mark.parametrize(("language", "rude", "plain"), PAIRS)
def test_rude_texts_score_higher_in_its_languages(language, rude, plain):
    assert language in MULTILINGUAL.languages
    high, low = scored(ACCURATE, rude, plain)["toxicity"]
    assert high > low + 0.2


def test_each_text_has_the_scores_of_who_reads_it():
    texts = [ENGLISH, *(text for _, *pair in PAIRS for text in pair)]
    found = scored(ACCURATE, *texts)
    pd.testing.assert_frame_equal(found[:1], scored(EncoderScorer(), ENGLISH))
    others = scored(MULTILINGUAL, *texts[1:])
    np.testing.assert_array_equal(found[1:].to_numpy(), others.to_numpy())
    assert found.notna().all(axis=None)


def test_a_score_is_the_same_bits_alone_and_in_mixed_company():
    texts = [PAIRS[0][1], ENGLISH, PAIRS[1][2], UNKNOWN, PAIRS[2][1]]
    together = scored(ACCURATE, *texts).to_numpy()
    alone = np.concatenate([scored(ACCURATE, text).to_numpy() for text in texts])
    np.testing.assert_array_equal(together, alone)


def test_a_language_that_none_has_learnt_is_not_scored():
    assert scored(ACCURATE, UNKNOWN).isna().all(axis=None)


def test_accents_and_capitals_are_read():
    written = MULTILINGUAL.logits(["Das hätte ich nicht gedacht."])
    assert (written != MULTILINGUAL.logits(["Das hatte ich nicht gedacht."])).any()


def test_the_version_names_both_encoders():
    parts = [read_manifest(part.folder)["version"] for part in (ACCURATE, MULTILINGUAL)]
    assert ACCURATE.version == "+".join(parts)


def test_the_model_is_small():
    size = sum(path.stat().st_size for path in MULTILINGUAL.folder.iterdir())
    assert size <= 25_000_000
