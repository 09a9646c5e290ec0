package gate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// answerTime is how long a synchronous call may take (task documentation of Invoke REST API).
const answerTime = 20 * time.Second

// answer is what came back for one request.
type answer struct {
	status  int
	headers http.Header
	body    string
}

// Sample evaluates the task once. Outputs that earlier samples left have to be among the job's variables.
func (t *Task) Sample(ctx context.Context, job *Job) Result {
	result := Result{}
	if err := t.sample(ctx, job, &result); err != nil {
		result.Passed, result.Err = false, err.Error()
		result.Log = append(result.Log, "evaluation failed: "+result.Err)
	}
	return result
}

func (t *Task) sample(ctx context.Context, job *Job, result *Result) error {
	for i, section := range t.sections {
		s, err := t.newScope(job, result.Outputs)
		if err != nil {
			return err
		}
		holds, err := s.run(ctx, t, section, result)
		if err != nil && len(t.sections) > 1 {
			return fmt.Errorf("section %d: %w", i, err)
		}
		if err != nil || !holds {
			return err
		}
	}
	result.Passed = true
	return nil
}

// run evaluates one section: skipped or holding is true.
func (s *scope) run(ctx context.Context, t *Task, section section, result *Result) (bool, error) {
	if err := s.choose(ctx, section.inputs.EndpointID); err != nil {
		return false, fmt.Errorf("EndpointId: %w", err)
	}
	if err := s.fillRecipe(ctx, t); err != nil {
		return false, err
	}
	if skipped, err := s.judge(ctx, section.skip, nil, false); err != nil {
		return false, fmt.Errorf("SkipSectionExpression: %w", err)
	} else if skipped {
		result.Log = append(result.Log, "section skipped: "+section.skip)
		return true, nil
	}
	got, err := s.ask(ctx, section.inputs, result)
	if err != nil {
		return false, err
	}
	if got.status < 200 || got.status >= 300 {
		return false, fmt.Errorf("the answer is HTTP %d", got.status)
	}
	holds, err := s.judge(ctx, section.inputs.Expression, got, true)
	if err != nil {
		return false, err
	}
	result.Log = append(result.Log, fmt.Sprintf("expression %q holds: %t", section.inputs.Expression, holds))
	if !holds {
		return false, nil
	}
	for _, name := range slices.Sorted(maps.Keys(section.outputs)) {
		text, err := s.output(ctx, section.outputs[name], got)
		if err != nil {
			return false, fmt.Errorf("output %s: %w", name, err)
		}
		if result.Outputs == nil {
			result.Outputs = map[string]string{}
		}
		set(result.Outputs, name, text)
	}
	return true, nil
}

// judge fills in and evaluates an expression; without one it is what the caller says.
func (s *scope) judge(ctx context.Context, expression string, got *answer, without bool) (bool, error) {
	filled, err := s.fill(ctx, expression)
	if err != nil || strings.TrimSpace(filled) == "" {
		return without, err
	}
	value, err := s.explained(filled, got)
	return toBool(value), err
}

// explained evaluates a text whose placeholders are filled in, and names it when that fails.
func (s *scope) explained(filled string, got *answer) (any, error) {
	value, err := s.evaluate(filled, got)
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", filled, err)
	}
	return value, nil
}

func (s *scope) output(ctx context.Context, expression string, got *answer) (string, error) {
	filled, err := s.fill(ctx, expression)
	if err != nil {
		return "", err
	}
	value, err := s.explained(filled, got)
	if err != nil {
		return "", err
	}
	text, ok := toText(value)
	if !ok {
		return "", errors.New("it is a list or an object")
	}
	return text, nil
}

// ask builds, signs and sends a request.
func (s *scope) ask(ctx context.Context, inputs requestInputs, result *Result) (*answer, error) {
	texts := map[string]string{"EndpointUrl": inputs.EndpointURL, "Method": inputs.Method, "Body": inputs.Body,
		"Headers": inputs.Headers, "WaitForCompletion": inputs.WaitForCompletion}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		filled, err := s.fill(ctx, texts[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		texts[name] = filled
	}
	if strings.EqualFold(texts["WaitForCompletion"], "true") {
		return nil, errors.New("WaitForCompletion: callbacks are not acted out here")
	}
	if inputs.ResourceURL != "" {
		return nil, errors.New("ResourceURL: other audiences are not acted out here")
	}
	address, err := normalize(texts["EndpointUrl"])
	if err != nil {
		return nil, fmt.Errorf("EndpointUrl: %w", err)
	}
	headers := map[string]string{}
	if strings.TrimSpace(texts["Headers"]) != "" {
		if err := json.Unmarshal([]byte(texts["Headers"]), &headers); err != nil {
			return nil, fmt.Errorf("headers are no JSON object of texts: %w", err)
		}
	}
	request := Request{Method: strings.ToUpper(texts["Method"]), Address: address.String(), Body: texts["Body"], Headers: headers}
	result.Violations = append(result.Violations, s.leaks(request)...)
	return s.send(ctx, request, address, result)
}

func (s *scope) send(ctx context.Context, request Request, address *url.URL, result *Result) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	call, err := http.NewRequestWithContext(ctx, request.Method, request.Address, strings.NewReader(request.Body))
	if err != nil {
		return nil, fmt.Errorf("the request cannot be made: %w", err)
	}
	for name, value := range request.Headers {
		if strings.ContainsAny(name, " :\r\n") || name == "" || strings.ContainsAny(value, "\r\n\x00") {
			return nil, fmt.Errorf("header %q cannot be sent", name)
		}
		call.Header.Set(name, value)
	}
	if s.endpoint.ID != "" {
		token, err := s.token(ctx)
		if err != nil {
			return nil, err
		}
		call.Header.Set("Authorization", "Bearer "+token)
		request.Signed = true
		if own, err := url.Parse(s.endpoint.URL); err != nil || !strings.EqualFold(own.Host, address.Host) {
			result.Violations = append(result.Violations,
				fmt.Sprintf("the token of connection %q goes to %q, and its own address is %q", s.endpoint.Name, address.Host, s.endpoint.URL))
		}
	}
	result.Requests = append(result.Requests, request)
	result.Log = append(result.Log, request.Method+" "+request.Address)
	response, err := s.job.Send(call)
	if err != nil {
		return nil, timely(ctx, fmt.Errorf("the request failed: %w", err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err = timely(ctx, err); err != nil {
		return nil, fmt.Errorf("the answer could not be read: %w", err)
	}
	result.Log = append(result.Log, fmt.Sprintf("response code: %d", response.StatusCode), "response: "+string(body))
	return &answer{response.StatusCode, response.Header, string(body)}, nil
}

// timely puts the real reason instead of whatever a transport says when its time is over.
func timely(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer in the time that a synchronous call has (%s at most)", answerTime)
	}
	return err
}

// token requests the connection's token as the server would. It has no machine whose identity it could use, and a
// publish profile gives no token.
func (s *scope) token(ctx context.Context) (string, error) {
	switch strings.ToLower(s.endpoint.Scheme) {
	case "serviceprincipal", "workloadidentityfederation":
	default:
		return "", fmt.Errorf("the server cannot sign for scheme %q of connection %q", s.endpoint.Scheme, s.endpoint.Name)
	}
	token, err := s.job.Token(ctx, s.endpoint)
	if err != nil {
		return "", fmt.Errorf("no token for connection %q: %w", s.endpoint.Name, err)
	}
	return token, nil
}

// leaks says where in a request the job's token or a secret variable is. A secret may have been escaped on its way.
func (s *scope) leaks(request Request) []string {
	places := map[string]string{"the address": request.Address, "the body": request.Body}
	for name, value := range request.Headers {
		places["header "+name] = value
	}
	secrets := map[string]string{"the job's token": s.job.AccessToken}
	for name, value := range s.job.Secrets {
		secrets["secret variable "+name] = value
	}
	var found []string
	for what, secret := range secrets {
		if secret == "" {
			continue
		}
		for place, text := range places {
			if strings.Contains(text, secret) || strings.Contains(text, escapePart(secret)) || strings.Contains(text, escapeData(secret)) {
				found = append(found, what+" is in "+place)
			}
		}
	}
	slices.Sort(found)
	return found
}
