import { answerFaults } from './answer-faults.ts'
import { type Expected, faultsAreSeen } from './faults.suite.ts'
import { streamFaults } from './stream-faults.ts'

/** Everything is well. */
const whole = /^(stop|completed|end_turn|STOP) .+ usage/
/** The limit of tokens that Anthropic's request sets strikes first. */
const wholeOrLimited = /^(stop|completed|end_turn|max_tokens|STOP) .+ usage/

/** What a client sees of each fault: not streamed, streamed. `!` is an error, with its status where it has one. */
const expected: Expected = {
  'slow-first-token': [/^waiting/, /^waiting/],
  stall: [/^waiting/, /^waiting/],
  'ping-only': [/^waiting/, /^waiting/],
  cut: [/^! none/, /^! none/],
  'malformed-event': [/^! none/, /^! none/],
  'no-terminal-event': [/^null .+ usage/, /^null .+ no usage/],
  'error-event-first': [/^null {2}no usage/, /^! /],
  'error-event-mid': [/^null {2}no usage/, /^! /],
  'malformed-json-output': [/^(stop|completed|end_turn) .+ usage/, /^(stop|completed|end_turn) .+ usage/],
  refusal: [/^((stop|completed) I can't|refusal ) .*usage/, /^((stop|completed) I can't|refusal ) .*usage/],
  'content-filter': [/^(content_filter .+ usage|! 400)/, /^(content_filter .+ usage|! )/],
  'max-tokens-in-tool-call': [
    /^(length|max_output_tokens|max_tokens) .+ usage/,
    /^(length|max_output_tokens|max_tokens) .+ usage/,
  ],
  'slow-tokens': [/^waiting/, /^waiting/],
  'early-end': [/^! none/, /^null .+ no usage/],
  'left-open': [whole, /^waiting/],
  'terminal-event-twice': [whole, whole],
  'events-after-end': [whole, whole],
  'unknown-events': [whole, whole],
  'huge-event': [whole, whole],
  'endless-event': [whole, /^waiting/],
  'endless-answer': [whole, /^waiting/],
  'interleaved-parts': [whole, whole],
  'disordered-parts': [whole, whole],
  split: [whole, whole],
  'split-characters': [whole, whole],
  'line-endings': [whole, whole],
  'multi-line-data': [whole, whole],
  'no-last-blank-line': [whole, whole],
  'many-tool-calls': [whole, whole],
  'duplicate-tool-ids': [whole, whole],
  'max-tokens-ignored': [whole, whole],
  repetition: [wholeOrLimited, wholeOrLimited],
}

/** Where Bedrock has other statuses and words, and its client reads otherwise. */
const expectedOfBedrock: Expected = {
  cut: [/^! 200/, /^! none/],
  'malformed-event': [/^! 200/, /^! none/],
  'early-end': [/^! 200/, /^null .+ no usage/],
  refusal: [/^content_filtered {2}usage/, /^content_filtered {2}usage/],
  'content-filter': [/^content_filtered .+ usage/, /^content_filtered .+ usage/],
}

/** Gemini says in capitals why it ended; its client reads one line an event, one kind of line end a stream, and no event without its end. */
const expectedOfGemini: Expected = {
  'malformed-json-output': [/^STOP .+ usage/, /^STOP .+ usage/],
  refusal: [/^SAFETY {2}usage/, /^SAFETY {2}usage/],
  'content-filter': [/^SAFETY .+ usage/, /^SAFETY .+ usage/],
  'max-tokens-in-tool-call': [/^MAX_TOKENS .+ usage/, /^MAX_TOKENS .+ usage/],
  'line-endings': [whole, /^! none/],
  'multi-line-data': [whole, /^! none/],
  'no-last-blank-line': [whole, /^! none/],
}

faultsAreSeen({ ...streamFaults, ...answerFaults }, expected, {
  'bedrock-converse': expectedOfBedrock,
  gemini: expectedOfGemini,
})
