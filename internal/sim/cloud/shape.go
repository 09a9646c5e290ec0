package cloud

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

// service is who speaks: each has its own shape of an error.
type service int

const (
	serviceNone service = iota
	serviceEntra
	serviceARM
	serviceGraph
	serviceDevOps
	serviceMetadata
)

// refusal is an error of a scenario's choice in the service's own shape.
func (s service) refusal(q *call, status int, code, message string) reply {
	switch s {
	case serviceEntra:
		number, _ := strconv.Atoi(strings.TrimPrefix(code, "AADSTS"))
		status = cmp.Or(status, http.StatusBadRequest)
		word := "invalid_request"
		switch {
		case status == http.StatusUnauthorized:
			word = "invalid_client"
		case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
			word = "temporarily_unavailable"
		}
		return entraError(q, Refusal{Code: number, Status: status, Error: word, Text: message})
	case serviceARM:
		return armError(q, cmp.Or(status, http.StatusBadRequest), cmp.Or(code, "BadRequest"), message)
	case serviceGraph:
		return graphError(q, cmp.Or(status, http.StatusBadRequest), cmp.Or(code, "BadRequest"), message)
	case serviceDevOps:
		return devopsError(q, cmp.Or(status, http.StatusBadRequest), cmp.Or(code, "VssServiceException"), message)
	case serviceMetadata:
		return metadataError(cmp.Or(status, http.StatusBadRequest), cmp.Or(code, "invalid_request"), message)
	}
	return textReply(cmp.Or(status, http.StatusBadRequest), message)
}

// outage is what the service returns with a status of its own, mostly little.
func (s service) outage(q *call, status int) reply {
	codes := map[int][2]string{
		http.StatusTooManyRequests:     {"TooManyRequests", "The request is being throttled."},
		http.StatusInternalServerError: {"InternalServerError", "Encountered internal server error."},
		http.StatusBadGateway:          {"BadGateway", "The gateway did not get a valid answer."},
		http.StatusServiceUnavailable:  {"ServiceUnavailable", "The service is temporarily unavailable."},
		http.StatusGatewayTimeout:      {"GatewayTimeout", "The gateway did not receive a response in time."},
	}
	words, known := codes[status]
	switch {
	case known && (s == serviceARM || s == serviceGraph):
		return s.refusal(q, status, words[0], words[1])
	case s == serviceEntra && status == http.StatusTooManyRequests:
		return textReply(status, "Too Many Requests") // not JSON: microsoft-authentication-library-for-dotnet issue 2855
	}
	return emptyReply(status)
}
