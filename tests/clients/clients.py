"""Real clients against the mock, each pointed at it by its base URL alone."""

import json
import struct
import sys
import urllib.request

PROMPT = "a lighthouse on a cliff at dusk"


def size(link):
    with urllib.request.urlopen(link) as answer:
        data = answer.read()
        assert answer.headers["content-type"] == "image/png"
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


def openai_client(origin):
    import base64

    import openai

    client = openai.OpenAI(base_url=f"{origin}/aigateway/v1", api_key="sk-aig-mock", max_retries=0)
    answer = client.images.generate(model="zai-org/cogview4", prompt=PROMPT, size="1024x1024")
    assert size(answer.data[0].url) == (1024, 1024)
    assert isinstance(answer.created, int)
    answer = client.images.generate(
        model="zai-org/cogview4", prompt=PROMPT, response_format="b64_json"
    )
    assert base64.b64decode(answer.data[0].b64_json)[:4] == b"\x89PNG"
    wrong = openai.OpenAI(base_url=f"{origin}/aigateway/v1", api_key="sk-wrong", max_retries=0)
    for client, arguments, error in [
        (wrong, {"model": "zai-org/cogview4"}, openai.AuthenticationError),
        (client, {"model": "nobody"}, openai.NotFoundError),
    ]:
        try:
            client.images.generate(prompt=PROMPT, **arguments)
        except error:
            continue
        raise AssertionError(f"no {error.__name__}")
    try:
        client.images.generate(
            model="zai-org/cogview4",
            prompt=PROMPT,
            extra_headers={"x-cogdex-fault": "rate-limit"},
        )
    except openai.RateLimitError:
        return
    raise AssertionError("no RateLimitError")


def zhipu_like(client_class, errors, origin, path, key):
    client = client_class(api_key=key, base_url=f"{origin}{path}")
    answer = client.images.generations(
        model="cogview-4-250304", prompt=PROMPT, size="768x1344", quality="hd"
    )
    assert size(answer.data[0].url) == (768, 1344)
    assert isinstance(answer.created, int)
    wrong = client_class(api_key="id.secretsecretsecret", base_url=f"{origin}{path}", max_retries=0)
    try:
        wrong.images.generations(model="cogview-4-250304", prompt=PROMPT)
    except errors.APIAuthenticationError:
        return
    raise AssertionError("a wrong key was let in")


def zhipuai_client(origin):
    import zhipuai

    zhipu_like(zhipuai.ZhipuAI, zhipuai, origin, "/bigmodel/api/paas/v4", "mock.secretsecretsecret")


def zai_client(origin):
    import zai

    zhipu_like(zai.ZaiClient, zai.core, origin, "/zai/api/paas/v4", "mock.secretsecretsecret")


def litellm_client(origin):
    import litellm

    litellm.suppress_debug_info = True

    def draw(base, model, key="sk-aig-mock", **more):
        return litellm.image_generation(
            model=f"openai/{model}",
            prompt=PROMPT,
            api_base=f"{origin}{base}",
            api_key=key,
            **more,
        )

    gateway = ("/aigateway/v1", "zai-org/cogview4")
    for asked, drawn in [({}, (1024, 1024)), ({"size": "768x1344"}, (768, 1344))]:
        answer = draw(*gateway, **asked)
        assert len(answer.data) == 1 and answer.data[0].b64_json is None
        assert size(answer.data[0].url) == drawn
        assert isinstance(answer.created, int)
    # The gateway's sizes are known to nobody, so the mock refuses none there; BigModel's are.
    bigmodel = ("/bigmodel/api/paas/v4", "cogview-4-250304", "mock.secretsecretsecret")
    assert size(draw(*bigmodel, size="1344x768").data[0].url) == (1344, 768)
    for arguments, more, error, status, words in [
        ((*gateway, "sk-wrong"), {}, litellm.AuthenticationError, 401, "wrong key"),
        ((gateway[0], "nobody"), {}, litellm.NotFoundError, 404, "unknown model"),
        (bigmodel, {"size": "100x100"}, litellm.BadRequestError, 400, "the size is not offered"),
    ]:
        try:
            draw(*arguments, **more)
        except error as why:
            assert why.status_code == status and words in str(why), why
            continue
        raise AssertionError(f"no {error.__name__}")


def openapi_documents(*paths):
    from openapi_spec_validator import validate

    for path in paths:
        with open(path, encoding="utf-8") as file:
            validate(json.load(file))


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    globals()[what](*arguments)
    print(f"{what}: ok")
