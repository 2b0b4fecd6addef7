"""Asks a gateway, as a user of the official SDKs would, what the file named lists; prints a line of JSON for each answer.

The file: {"gateway": URL, "key": ..., "cases": [{"id", "client", "model", "stream", "withTool", "retries"}]}.
Output: {"id", "text", "tools": [[name, arguments]], "ending"}, or {"id", "error", "status", "message"}.
"""

import asyncio
import json
import sys

import anthropic
import openai
from google import genai
from google.genai import types

HANG_SECONDS = 75
AT_ONCE = 24
QUESTION = "Where is my order 4711? Please look it up and tell me when it arrives at my door."
LIMIT = 500
NAME = "get_order_status"
PARAMETERS = {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]}


async def chat(clients, case):
    client = clients["openai"].with_options(max_retries=case["retries"])
    body = {
        "model": case["model"],
        "max_completion_tokens": LIMIT,
        "messages": [{"role": "user", "content": QUESTION}],
    }
    if case["withTool"]:
        body["tools"] = [{"type": "function", "function": {"name": NAME, "parameters": PARAMETERS}}]
    if not case["stream"]:
        choice = (await client.chat.completions.create(**body)).choices[0]
        calls = [[call.function.name, call.function.arguments] for call in choice.message.tool_calls or []]
        refusal = choice.message.refusal
        return choice.message.content or refusal or "", calls, "refusal" if refusal else choice.finish_reason
    text, refusal, ending, calls = "", "", None, {}
    async for chunk in await client.chat.completions.create(**body, stream=True):
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        text += choice.delta.content or ""
        refusal += choice.delta.refusal or ""
        for part in choice.delta.tool_calls or []:
            call = calls.setdefault(part.index, ["", ""])
            call[0] += part.function.name or ""
            call[1] += part.function.arguments or ""
        ending = choice.finish_reason or ending
    return text or refusal, list(calls.values()), "refusal" if refusal and ending else ending


async def responses(clients, case):
    client = clients["openai"].with_options(max_retries=case["retries"])
    body = {"model": case["model"], "max_output_tokens": LIMIT, "input": QUESTION}
    if case["withTool"]:
        body["tools"] = [{"type": "function", "name": NAME, "parameters": PARAMETERS, "strict": False}]
    if case["stream"]:
        response = None
        async with client.responses.stream(**body) as stream:
            async for event in stream:
                if event.type in ("response.completed", "response.incomplete"):
                    response = event.response
                if event.type == "response.failed":
                    error = event.response.error
                    raise openai.APIError(error.message, request=None, body={"code": error.code, "message": error.message})
                if event.type == "error":
                    raise openai.APIError(event.message, request=None, body={"code": event.code, "message": event.message})
        if response is None:
            return "", [], None
    else:
        response = await client.responses.create(**body)
    parts = [part for item in response.output if item.type == "message" for part in item.content]
    refusal = "".join(part.refusal for part in parts if part.type == "refusal")
    calls = [[item.name, item.arguments] for item in response.output if item.type == "function_call"]
    details = response.incomplete_details
    ending = "refusal" if refusal else details.reason if details else response.status
    return response.output_text or refusal, calls, ending


async def messages(clients, case):
    client = clients["anthropic"].with_options(max_retries=case["retries"])
    body = {"model": case["model"], "max_tokens": LIMIT, "messages": [{"role": "user", "content": QUESTION}]}
    if case["withTool"]:
        body["tools"] = [{"name": NAME, "input_schema": PARAMETERS}]
    if case["stream"]:
        async with client.messages.stream(**body) as stream:
            message = await stream.get_final_message()
    else:
        message = await client.messages.create(**body)
    text = "".join(block.text for block in message.content if block.type == "text")
    calls = [[block.name, json.dumps(block.input)] for block in message.content if block.type == "tool_use"]
    return text, calls, message.stop_reason


async def gemini(clients, case):
    tools = [types.Tool(function_declarations=[{"name": NAME, "parameters_json_schema": PARAMETERS}])]
    config = types.GenerateContentConfig(
        max_output_tokens=LIMIT,
        tools=tools if case["withTool"] else None,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    asked = {"model": case["model"], "contents": QUESTION, "config": config}
    models = clients["gemini"].aio.models
    text, ending, calls = "", None, []

    def add(response):
        nonlocal text, ending
        candidate = response.candidates[0] if response.candidates else None
        for part in (candidate and candidate.content and candidate.content.parts) or []:
            if part.text and not part.thought:
                text += part.text
            if part.function_call:
                calls.append([part.function_call.name, json.dumps(part.function_call.args or {})])
        if candidate and candidate.finish_reason:
            ending = candidate.finish_reason.value
        elif response.prompt_feedback and response.prompt_feedback.block_reason:
            ending = response.prompt_feedback.block_reason.value

    if case["stream"]:
        async for response in await models.generate_content_stream(**asked):
            add(response)
    else:
        add(await models.generate_content(**asked))
    return text, calls, ending


ASK = {"openai-chat": chat, "openai-responses": responses, "anthropic-messages": messages, "gemini": gemini}


def told(error):
    """What the error says: the message of its body, where the SDK could read one."""
    body = getattr(error, "body", None) or getattr(error, "details", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    message = inner.get("message") if isinstance(inner, dict) else None
    return {
        "error": type(error).__name__,
        "status": getattr(error, "status_code", None) or getattr(error, "code", None),
        "message": message or getattr(error, "message", None) or repr(error),
    }


async def answer(clients, case, places):
    async with places:
        try:
            text, tools, ending = await asyncio.wait_for(ASK[case["client"]](clients, case), HANG_SECONDS)
            said = {"text": text, "tools": tools, "ending": ending}
        except asyncio.TimeoutError:
            said = {"error": "HANG", "message": f"no end within {HANG_SECONDS} s"}
        except Exception as error:
            said = told(error)
    print(json.dumps({"id": case["id"], **said}), flush=True)


async def main():
    asked = json.load(open(sys.argv[1], encoding="utf-8"))
    gateway, key = asked["gateway"], asked["key"]
    clients = {
        "openai": openai.AsyncOpenAI(base_url=f"{gateway}/v1", api_key=key),
        "anthropic": anthropic.AsyncAnthropic(base_url=gateway, api_key=key),
        "gemini": genai.Client(api_key=key, http_options=types.HttpOptions(base_url=gateway)),
    }
    places = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(answer(clients, case, places) for case in asked["cases"]))


asyncio.run(main())
