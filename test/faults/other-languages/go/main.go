// Asks a gateway, as a user of the official SDKs would, what the file named lists; prints a line of JSON for each answer.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
	"github.com/openai/openai-go/v3/shared"
	"google.golang.org/genai"
)

const (
	hang     = 75 * time.Second
	atOnce   = 24
	question = "Where is my order 4711? Please look it up and tell me when it arrives at my door."
	limit    = 500
	name     = "get_order_status"
)

var parameters = map[string]any{
	"type":       "object",
	"properties": map[string]any{"order_id": map[string]any{"type": "string"}},
	"required":   []string{"order_id"},
}

type asked struct {
	Gateway string
	Key     string
	Cases   []query
}

type query struct {
	ID, Client, Model string
	Stream, WithTool  bool
	Retries           int
}

// said is what came of one question.
type said struct {
	ID      string     `json:"id"`
	Text    *string    `json:"text,omitempty"`
	Tools   [][]string `json:"tools,omitempty"`
	Ending  *string    `json:"ending,omitempty"`
	Error   string     `json:"error,omitempty"`
	Status  int        `json:"status,omitempty"`
	Message string     `json:"message,omitempty"`
}

type answer struct {
	text   string
	tools  [][]string
	ending string
}

type clients struct {
	openai    openai.Client
	anthropic anthropic.Client
	gemini    *genai.Client
}

func (c clients) chat(ctx context.Context, q query) (a answer, err error) {
	body := openai.ChatCompletionNewParams{
		Model:               q.Model,
		MaxCompletionTokens: openai.Int(limit),
		Messages:            []openai.ChatCompletionMessageParamUnion{openai.UserMessage(question)},
	}
	if q.WithTool {
		body.Tools = []openai.ChatCompletionToolUnionParam{
			openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{Name: name, Parameters: parameters}),
		}
	}
	retries := option.WithMaxRetries(q.Retries)
	var whole *openai.ChatCompletion
	if q.Stream {
		stream := c.openai.Chat.Completions.NewStreaming(ctx, body, retries)
		defer stream.Close()
		gathered := openai.ChatCompletionAccumulator{}
		for stream.Next() {
			if !gathered.AddChunk(stream.Current()) {
				return a, fmt.Errorf("the accumulator takes no such chunk: %s", stream.Current().RawJSON())
			}
		}
		if err := stream.Err(); err != nil {
			return a, err
		}
		whole = &gathered.ChatCompletion
	} else if whole, err = c.openai.Chat.Completions.New(ctx, body, retries); err != nil {
		return a, err
	}
	if len(whole.Choices) == 0 {
		return a, nil
	}
	choice := whole.Choices[0]
	a = answer{text: choice.Message.Content, ending: choice.FinishReason}
	for _, call := range choice.Message.ToolCalls {
		a.tools = append(a.tools, []string{call.Function.Name, call.Function.Arguments})
	}
	if choice.Message.Refusal != "" && a.ending != "" {
		a.text, a.ending = choice.Message.Refusal, "refusal"
	}
	return a, nil
}

func (c clients) responses(ctx context.Context, q query) (a answer, err error) {
	body := responses.ResponseNewParams{
		Model:           q.Model,
		MaxOutputTokens: openai.Int(limit),
		Input:           responses.ResponseNewParamsInputUnion{OfString: openai.String(question)},
	}
	if q.WithTool {
		body.Tools = []responses.ToolUnionParam{{OfFunction: &responses.FunctionToolParam{
			Name: name, Parameters: parameters, Strict: openai.Bool(false),
		}}}
	}
	retries := option.WithMaxRetries(q.Retries)
	var whole *responses.Response
	if q.Stream {
		stream := c.openai.Responses.NewStreaming(ctx, body, retries)
		defer stream.Close()
		for stream.Next() {
			event := stream.Current()
			switch event.Type {
			case "response.completed", "response.incomplete":
				response := event.Response
				whole = &response
			case "response.failed":
				return a, fmt.Errorf("%s: %s", event.Response.Error.Code, event.Response.Error.Message)
			case "error":
				return a, fmt.Errorf("%s: %s", event.Code, event.Message)
			}
		}
		if err := stream.Err(); err != nil {
			return a, err
		}
		if whole == nil {
			return a, nil
		}
	} else if whole, err = c.openai.Responses.New(ctx, body, retries); err != nil {
		return a, err
	}
	a = answer{text: whole.OutputText(), ending: string(whole.Status)}
	if whole.IncompleteDetails.Reason != "" {
		a.ending = whole.IncompleteDetails.Reason
	}
	for _, item := range whole.Output {
		if item.Type == "function_call" {
			a.tools = append(a.tools, []string{item.Name, item.AsFunctionCall().Arguments})
		}
		for _, part := range item.Content {
			if part.Type == "refusal" {
				a.text, a.ending = part.Refusal, "refusal"
			}
		}
	}
	return a, nil
}

func (c clients) messages(ctx context.Context, q query) (a answer, err error) {
	body := anthropic.MessageNewParams{
		Model:     anthropic.Model(q.Model),
		MaxTokens: limit,
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))},
	}
	if q.WithTool {
		body.Tools = []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
			Name:        name,
			InputSchema: anthropic.ToolInputSchemaParam{Properties: parameters["properties"], Required: []string{"order_id"}},
		}}}
	}
	retries := anthropicoption.WithMaxRetries(q.Retries)
	var whole *anthropic.Message
	if q.Stream {
		stream := c.anthropic.Messages.NewStreaming(ctx, body, retries)
		defer stream.Close()
		whole = &anthropic.Message{}
		for stream.Next() {
			if err := whole.Accumulate(stream.Current()); err != nil {
				return a, err
			}
		}
		if err := stream.Err(); err != nil {
			return a, err
		}
	} else if whole, err = c.anthropic.Messages.New(ctx, body, retries); err != nil {
		return a, err
	}
	a.ending = string(whole.StopReason)
	for _, block := range whole.Content {
		switch block.Type {
		case "text":
			a.text += block.Text
		case "tool_use":
			a.tools = append(a.tools, []string{block.Name, string(block.Input)})
		}
	}
	return a, nil
}

func (c clients) generate(ctx context.Context, q query) (a answer, err error) {
	config := &genai.GenerateContentConfig{MaxOutputTokens: limit}
	if q.WithTool {
		config.Tools = []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{
			{Name: name, ParametersJsonSchema: parameters},
		}}}
	}
	add := func(response *genai.GenerateContentResponse) {
		if response.PromptFeedback != nil && response.PromptFeedback.BlockReason != "" {
			a.ending = string(response.PromptFeedback.BlockReason)
		}
		if len(response.Candidates) == 0 {
			return
		}
		candidate := response.Candidates[0]
		if candidate.FinishReason != "" {
			a.ending = string(candidate.FinishReason)
		}
		if candidate.Content == nil {
			return
		}
		for _, part := range candidate.Content.Parts {
			if !part.Thought {
				a.text += part.Text
			}
			if part.FunctionCall != nil {
				input, _ := json.Marshal(part.FunctionCall.Args)
				a.tools = append(a.tools, []string{part.FunctionCall.Name, string(input)})
			}
		}
	}
	if q.Stream {
		for response, err := range c.gemini.Models.GenerateContentStream(ctx, q.Model, genai.Text(question), config) {
			if err != nil {
				return a, err
			}
			add(response)
		}
		return a, nil
	}
	response, err := c.gemini.Models.GenerateContent(ctx, q.Model, genai.Text(question), config)
	if err != nil {
		return a, err
	}
	add(response)
	return a, nil
}

// told is what an error says: the message of its body, where the SDK keeps one.
func told(err error) said {
	one := said{Error: fmt.Sprintf("%T", err), Message: err.Error()}
	var ofOpenAI *openai.Error
	var ofAnthropic *anthropic.Error
	var ofGemini genai.APIError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		one.Error = "HANG"
	case errors.As(err, &ofOpenAI):
		one.Status, one.Message = ofOpenAI.StatusCode, ofOpenAI.Message
	case errors.As(err, &ofAnthropic):
		one.Status, one.Message = ofAnthropic.StatusCode, ofAnthropic.RawJSON()
	case errors.As(err, &ofGemini):
		one.Status, one.Message = ofGemini.Code, ofGemini.Message
	}
	return one
}

func (c clients) ask(q query) (one said) {
	defer func() {
		if broken := recover(); broken != nil {
			one = said{Error: "PANIC", Message: fmt.Sprint(broken)}
		}
		one.ID = q.ID
	}()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	ways := map[string]func(context.Context, query) (answer, error){
		"openai-chat": c.chat, "openai-responses": c.responses, "anthropic-messages": c.messages, "gemini": c.generate,
	}
	a, err := ways[q.Client](ctx, q)
	if err != nil {
		return told(err)
	}
	one = said{Text: &a.text, Tools: a.tools}
	if a.ending != "" {
		one.Ending = &a.ending
	}
	return one
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var all asked
	if err := json.Unmarshal(text, &all); err != nil {
		panic(err)
	}
	gemini, err := genai.NewClient(context.Background(), &genai.ClientConfig{
		APIKey: all.Key, Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: all.Gateway},
	})
	if err != nil {
		panic(err)
	}
	c := clients{
		openai:    openai.NewClient(option.WithBaseURL(all.Gateway+"/v1"), option.WithAPIKey(all.Key)),
		anthropic: anthropic.NewClient(anthropicoption.WithBaseURL(all.Gateway), anthropicoption.WithAPIKey(all.Key)),
		gemini:    gemini,
	}
	places := make(chan struct{}, atOnce)
	var printing sync.Mutex
	var open sync.WaitGroup
	for _, q := range all.Cases {
		open.Add(1)
		go func() {
			defer open.Done()
			places <- struct{}{}
			defer func() { <-places }()
			line, _ := json.Marshal(c.ask(q))
			printing.Lock()
			defer printing.Unlock()
			fmt.Println(string(line))
		}()
	}
	open.Wait()
}
