"""问答: the queue, what is streamed, the stop, and what is said of an answer."""

import json
import threading
import time

import pytest
from sample_cases import FACTS, TEXT
from web import Found, bench, client, dated, model

from lexpro.asking import streaming
from lexpro.serve import jobs, questions
from lexpro.serve.documents import Document


def of(web, text=TEXT) -> str:
    answer = web.post("/documents", data={"text": text}, follow_redirects=False)
    return answer.headers["location"].rsplit("/", 1)[0]


def ask(web, path, **form) -> str:
    answer = web.post(f"{path}/questions", data={"task": "article", **form}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("job=")[2]


def events(web, path, job, **headers) -> list[dict]:
    text = web.get(f"{path}/questions/{job}/events", headers=headers).text
    return [json.loads(part.partition("data: ")[2]) for part in text.strip().split("\n\n")]


def test_an_answer_is_streamed_checked_and_compared(web):
    path = of(web)
    job = ask(web, path)
    heard = events(web, path, job)
    assert heard[-1]["state"] == "done" and "".join(one["piece"] for one in heard).endswith('["264","999"]}')
    page = web.get(f"{path}/questions?job={job}").text
    # Built-in articles have no dates: whether they are in force is not said.
    assert "甲盗窃" in page and ">不存在<" in page and ">存在<" in page and ">有效<" not in page
    # Cases cite 264 always and 67 mostly; the answer does not name 67.
    assert "100%" in page and "刑法第 67 条（67%）" in page
    assert "提供给模型的内容" in page and "完整的提示词" in page


def test_a_citation_of_an_article_with_dates_is_in_force():
    with client(bench(knowledge=dated())) as web:
        path = of(web)
        job = ask(web, path)
        events(web, path, job)
        assert ">有效<" in web.get(f"{path}/questions?job={job}").text


def test_a_reader_that_comes_again_is_given_the_rest(web):
    path = of(web)
    job = ask(web, path)
    whole = "".join(one["piece"] for one in events(web, path, job))
    rest = events(web, path, job, **{"Last-Event-ID": "5"})
    assert "".join(one["piece"] for one in rest) == whole[5:]
    assert "".join(one["piece"] for one in events(web, path, job, **{"Last-Event-ID": "x"})) == whole


def test_the_model_s_elements_come_to_the_elements(web):
    answer = '{"被告人":[{"姓名":"林某甲","罪名":["盗窃罪"],"刑期":12}]}'
    with client(bench(model=model(answer))) as web:
        path = of(web)
        job = ask(web, path, task="elements")
        events(web, path, job)
        page = web.get(f"{path}/elements?job={job}").text
        assert "不一致" in page and "12个月" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"task": "nothing"}, "没有这种提问"),
        ({"task": "free", "question": " "}, "没有写问题"),
        ({"task": "free", "question": "问" * 501}, "501 个字"),
    ],
)
def test_a_question_that_cannot_be_gets_a_sentence(web, form, said):
    answer = web.post(f"{of(web)}/questions", data=form)
    assert answer.status_code == 400 and said in answer.text


def test_a_question_of_another_document_is_not_shown(web):
    one, other = of(web), of(web, FACTS)
    job = ask(web, one)
    assert web.get(f"{other}/questions/{job}/events").status_code == 404
    assert web.post(f"{other}/questions/{job}/stop").status_code == 404


def test_a_model_that_is_not_there_is_said():
    with client(bench(model=None)) as web:
        path = of(web)
        (last,) = events(web, path, ask(web, path))[-1:]
        assert last["state"] == "failed" and "模型不能用" in last["error"]


class TestQueue:
    @pytest.fixture
    def queue(self):
        made = jobs.Queue()
        yield made
        made.close()

    @staticmethod
    def slow(job):
        while not job.stop.is_set():
            job.write("字")
            time.sleep(0.001)
        return

    @staticmethod
    def until(test):
        end = time.monotonic() + 600
        while not test():
            assert time.monotonic() < end
            time.sleep(0.001)

    def test_two_questions_queue_and_each_can_be_stopped(self, queue):
        first, second, third = (queue.put(jobs.Job(self.slow)) for _ in range(3))
        self.until(lambda: first.text)
        assert (queue.ahead(second), queue.ahead(third), second.state) == (1, 2, "waiting")
        queue.end(second)
        assert second.state == "stopped" and not second.text and queue.ahead(third) == 1
        queue.end(first)
        self.until(lambda: third.text)
        assert first.state == "stopped" and first.ended
        queue.close()
        self.until(lambda: third.state == "stopped")

    def test_a_fault_of_one_is_its_own_and_quotes_nothing(self, queue, caplog):
        def broken(job):
            raise ValueError("秘密")

        failed = queue.put(jobs.Job(broken))
        self.until(lambda: failed.state == "failed")
        fine = queue.put(jobs.Job(lambda job: job.write("好")))
        self.until(lambda: fine.state == "done")
        assert fine.text == "好" and "秘密" not in caplog.text and "秘密" not in failed.error

    def test_more_than_the_queue_takes_is_refused(self, queue, monkeypatch):
        monkeypatch.setattr(jobs, "QUEUE", 1)
        first = queue.put(jobs.Job(self.slow))
        self.until(lambda: first.text)
        queue.put(jobs.Job(self.slow))
        with pytest.raises(jobs.Full):
            queue.put(jobs.Job(self.slow))

    def test_one_that_waits_is_told_its_place(self, queue):
        first, second = queue.put(jobs.Job(self.slow)), queue.put(jobs.Job(self.slow))
        self.until(lambda: first.text)
        heard = questions.events(queue, second)
        assert json.loads(next(heard).partition("data: ")[2])["ahead"] == 1


PROMPT, ANSWER = "被告人", "窃得手机一部"


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A model of transformers that knows one sentence: each character leads to the next."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    from lexpro.config.predict import Transformers
    from lexpro.engines.base import Sampling
    from lexpro.engines.hf import Engine

    folder = tmp_path_factory.mktemp("model")
    words = {word: n for n, word in enumerate(["<pad>", *PROMPT, *ANSWER, "<eos>"])}
    made = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>")
    tokenizer.chat_template = "{{ messages[0].content }}"
    tokenizer.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=64,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for weight in model.model.layers.parameters():
            weight.zero_()  # the layer adds nothing to what came in
        # The state is the character itself, and the head takes each to the one after it.
        model.model.embed_tokens.weight.copy_(torch.eye(len(words), 16))
        model.lm_head.weight.copy_(torch.eye(len(words), 16).roll(1, dims=0))
    model.save_pretrained(folder)
    return Engine(folder, None, Transformers(module="lexpro.engines.hf"), Sampling(0.0, 1.0))


@pytest.mark.slow
class TestStreaming:
    @staticmethod
    def request(tokens=20, text=PROMPT):
        from lexpro.engines.base import Request

        return Request([{"role": "user", "content": text}], tokens)

    def test_the_pieces_are_the_answer(self, engine):
        pieces = []
        assert streaming.stream(engine, self.request(), pieces.append, threading.Event()) is None
        (made,) = engine.generate([self.request()])
        assert made.text == "".join(pieces) == ANSWER
        assert [piece for piece in pieces if piece] == list(ANSWER)

    def test_it_stops_at_the_next_token(self, engine):
        stop, pieces = threading.Event(), []

        def write(piece):
            pieces.append(piece)
            stop.set()

        streaming.stream(engine, self.request(), write, stop)
        assert "".join(pieces) in (ANSWER[:1], ANSWER[:2])

    def test_a_prompt_that_is_too_long_is_said(self, engine):
        said = streaming.stream(engine, self.request(text="被" * 60), lambda piece: None, threading.Event())
        assert said and "请缩短" in said


def test_a_document_without_a_known_court_is_asked_all_the_same():
    made = bench(knowledge=dated(), searcher=Found(dated()))
    job = questions.job(made, Document(FACTS), "charge", "")
    assert job.work(job) is None and job.about["prompt"].endswith(FACTS)
