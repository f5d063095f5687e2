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
        (bigmodel, {"size": "100x100"}, litellm.BadRequestError, 400, "1210"),
    ]:
        try:
            draw(*arguments, **more)
        except error as why:
            assert why.status_code == status and words in str(why), why
            continue
        raise AssertionError(f"no {error.__name__}")


def litellm_prices(origin, cogdex, *catalogs):
    """LiteLLM computes what `compare` finds, from the map that we export for it."""
    import math
    import re
    import subprocess

    import litellm
    from litellm.types.utils import ImageObject, ImageResponse

    litellm.suppress_debug_info = True
    terms = ["--rate", "CNY/USD=0.14", "--as-of", "2026-11-20"]
    keys = 0
    for catalog in catalogs:

        def asked(*arguments):
            command = [cogdex, *arguments, "--catalog", catalog, *terms]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            return json.loads(done.stdout), done.stderr

        def found(**job):
            flags = [word for key, value in job.items() for word in (f"--{key}", value)]
            rows = asked("compare", "--model", "any", "--format", "json", *flags)[0]["rows"]
            return {row["listing"]: row["total"] for row in rows if row["rank"]}

        def cost(listing, n, **more):
            images = [ImageObject(url="https://example.com/image.png")] * n
            return litellm.completion_cost(
                completion_response=ImageResponse(created=1, data=images),
                call_type="image_generation",
                model=listing,
                n=n,
                **more,
            )

        entries, left_out = asked("export", "litellm")
        litellm.register_model(entries)
        for key, entry in entries.items():
            listing = entry["metadata"]["listing"]
            provider, code = listing.split("/")
            assert entry["litellm_provider"] == provider
            when = key.removesuffix(f"/{code}").removesuffix(f"/{provider}")
            when = when.removeprefix(f"{provider}/")
            size = re.search(r"(\d+)-x-(\d+)", when)
            sizes = [f"{size[1]}x{size[2]}"] if size else ["1024x1024", "1344x768"]
            quality = when.split("/")[0] if "/" in when else None
            for size in sizes:
                more = {"size": size, **({"quality": quality} if quality else {})}
                for n in (1, 3, 10000):
                    totals = found(images=str(n), **more)
                    if listing not in totals:
                        # A size that the seller does not offer costs nothing there.
                        assert len(sizes) > 1, key
                        continue
                    total = totals[listing]
                    assert total["low"] == total["high"], key
                    for known in ({}, {"custom_llm_provider": provider}):
                        ours = cost(listing, n, **more, **known)
                        assert math.isclose(ours, float(total["high"]), rel_tol=1e-12), (key, n)
                        keys += 1
        for line in left_out.splitlines():
            if line.startswith("left out: "):
                listing = line.split(": ")[1]
                try:
                    cost(listing, 1, size="1024x1024")
                except Exception as why:
                    assert "not found in cost map" in str(why), why
                    continue
                raise AssertionError(f"{listing} has a cost")
    assert keys > 50, keys
    # A call to the mock through LiteLLM's router is booked at the listing's price.
    call = {"model": "openai/zai-org/cogview4", "api_key": "sk-aig-mock"}
    deployment = {
        "model_name": "cogview",
        "litellm_params": {**call, "api_base": f"{origin}/aigateway/v1"},
        "model_info": {"base_model": "aigateway/cogview4"},
    }
    answer = litellm.Router(model_list=[deployment]).image_generation(
        model="cogview", prompt=PROMPT, size="1024x1024"
    )
    assert answer._hidden_params["response_cost"] == 0.105


def litellm_map(cogdex, folder):
    """The map that comes with LiteLLM is imported whole: every row about images is accounted for."""
    import pathlib
    import subprocess

    import litellm

    path = pathlib.Path(litellm.__file__).with_name("model_prices_and_context_window_backup.json")
    rows = json.loads(path.read_text(encoding="utf-8")).values()
    images = sum(row.get("mode") == "image_generation" for row in rows)
    command = [cogdex, "import", "litellm", str(path), "--out", folder, "--seen", "2026-11-01"]
    command += ["--format", "json"]
    done = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert done["imported"] + done["refused"] == len(done["rows"]) == images > 200
    assert done["imported"] + done["other_entries"] + done["refused"] == len(rows)
    assert all(row["listing"] or row["refused"] for row in done["rows"])
    print(f"{done['imported']} of {images} rows of LiteLLM's own map imported")
    again = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert again["written"] == [] and again["rows"] == done["rows"]
    check = [cogdex, "check", "--catalog", folder, "--format", "json"]
    findings = json.loads(subprocess.run(check, capture_output=True).stdout)["findings"]
    wrong = [f["code"] for f in findings if f["severity"] == "error"]
    assert wrong == ["edition-digest"], findings


def openapi_documents(*paths):
    from openapi_spec_validator import validate

    for path in paths:
        with open(path, encoding="utf-8") as file:
            validate(json.load(file))


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    globals()[what](*arguments)
    print(f"{what}: ok")
