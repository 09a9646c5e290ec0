package deployment

import (
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// openAt is an argument that's known after apply only.
type openAt struct {
	key    string
	blocks []string // the names of the blocks that it's in
	path   *jsonPath
}

// findOpen looks for arguments that can identify another resource and are known after apply only.
func (c *change) findOpen(blocks []string, key string, unknown any, at *jsonPath) {
	switch v := unknown.(type) {
	case bool:
		same := func(o openAt) bool { return o.key == key && slices.Equal(o.blocks, blocks) }
		if v && (telling(key) || strings.HasSuffix(key, "_ids") || key == "body") && len(c.open) < mostIDs && !slices.ContainsFunc(c.open, same) {
			c.open = append(c.open, openAt{strings.Clone(key), blocks, at})
		}
	case []any:
		for i, item := range v {
			c.findOpen(blocks, key, item, at.element(i))
		}
	case map[string]any:
		if key == "body" { // of azapi, in which any name is possible; the configuration has it as a whole
			c.findOpen(blocks, key, anyOpen(v), at)
			return
		}
		if key != "" {
			blocks = append(slices.Clone(blocks), strings.Clone(key))
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			c.findOpen(blocks, name, v[name], at.member(name))
		}
	}
}

func anyOpen(unknown any) bool {
	switch v := unknown.(type) {
	case bool:
		return v
	case []any:
		return slices.ContainsFunc(v, anyOpen)
	case map[string]any:
		for _, item := range v {
			if anyOpen(item) {
				return true
			}
		}
	}
	return false
}

// configModule is a module in the configuration; nil if that isn't there.
func (p *plans) configModule(address string) *tfjson.ConfigModule {
	module := p.config.RootModule
	for name := range strings.SplitSeq(withoutKeys(address), ".") {
		if name == "" || name == "module" {
			continue
		}
		if module == nil || module.ModuleCalls[name] == nil {
			return nil
		}
		module = module.ModuleCalls[name].Module
	}
	return module
}

// configured is a resource in the configuration; nil if that isn't there.
func (p *plans) configured(c *change) *tfjson.ConfigResource {
	module := p.configModule(c.ModuleAddress)
	if module == nil {
		return nil
	}
	i := slices.IndexFunc(module.Resources, func(r *tfjson.ConfigResource) bool {
		return r != nil && r.Type == c.Type && r.Name == c.Name && r.Mode == c.Mode
	})
	if i < 0 {
		return nil
	}
	return module.Resources[i]
}

// segments splits an address at its dots, not at those in the keys of count and for_each.
func segments(address string) []string {
	var all []string
	start, depth, quoted := 0, 0, false
	for i := range len(address) {
		switch c := address[i]; {
		case c == '"' && (i == 0 || address[i-1] != '\\'):
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			all = append(all, address[start:i])
			start = i + 1
		}
	}
	return append(all, address[start:])
}

// withoutKeys leaves the keys of count and for_each out of an address.
func withoutKeys(address string) string {
	parts := segments(address)
	for i := range parts {
		parts[i], _, _ = strings.Cut(parts[i], "[")
	}
	return strings.Join(parts, ".")
}

func inModule(module, address string) string {
	if module == "" {
		return address
	}
	return module + "." + address
}

// key is the index of a resource in its address, with the brackets.
func (c *change) key() string {
	if at := strings.IndexByte(c.Address[min(len(c.ModuleAddress), len(c.Address)):], '['); at >= 0 {
		return c.Address[len(c.ModuleAddress)+at:]
	}
	return ""
}

// reached is a resource that an argument refers to.
type reached struct {
	*change
	attribute string // "" if it isn't known
	exactly   bool   // it's this one of those with the same name
}

// refersTo gives the resources that an argument refers to, of those that the plan has; lost is whether a reference leads
// to what the plan doesn't show.
func (p *plans) refersTo(c *change, own *tfjson.ConfigResource, open openAt) (found []reached, lost bool) {
	f := follower{plans: p, from: c, seen: map[string]bool{}}
	for _, e := range expressionsAt(own.Expressions, open.blocks, open.key) {
		f.follow(c.ModuleAddress, own.ForEachExpression, e.References)
	}
	return f.found, f.lost
}

// expressionsAt gives the expressions of an argument. It's in each block with the name: those of a set have no fixed order.
func expressionsAt(in map[string]*tfjson.Expression, blocks []string, key string) []*tfjson.Expression {
	if len(blocks) == 0 {
		blocks = []string{key}
	}
	e := in[blocks[0]]
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	if len(e.NestedBlocks) == 0 {
		return []*tfjson.Expression{e}
	}
	var all []*tfjson.Expression
	for _, block := range e.NestedBlocks {
		all = append(all, expressionsAt(block, blocks[1:], key)...)
	}
	return all
}

// follower follows references through variables and outputs of modules.
type follower struct {
	*plans
	from  *change
	seen  map[string]bool
	found []reached
	lost  bool
}

// follow goes after the references of an expression in a module; loop is the for_each around it.
func (f *follower) follow(module string, loop *tfjson.Expression, references []string) {
	last := ""
	for _, reference := range references {
		if rest, ok := strings.CutPrefix(last, reference); ok && rest != "" && (rest[0] == '.' || rest[0] == '[') {
			continue // Terraform lists what a reference is in, too
		}
		last = reference
		at := module + " " + reference
		if f.seen[at] {
			continue
		}
		f.seen[at] = true
		parts := segments(reference)
		switch parts[0] {
		case "var":
			f.variable(module, parts)
		case "module":
			f.output(module, parts)
		case "each":
			if len(parts) > 1 && parts[1] == "value" {
				f.through(module, nil, loop, parts[2:])
			}
		case "local": // the plan doesn't show them
			f.lost = true
		case "data":
			f.resource(module, parts, 3)
		default:
			f.resource(module, parts, 2)
		}
	}
}

// through follows the expression that a reference names; rest is the path after the reference.
func (f *follower) through(module string, loop, e *tfjson.Expression, rest []string) {
	if e == nil || e.ExpressionData == nil {
		f.lost = true
		return
	}
	before := len(f.found)
	f.follow(module, loop, e.References)
	found := f.found[before:]
	if len(rest) > 0 && len(found) > 1 { // one of its parts, and it isn't known which
		f.found, f.lost = f.found[:before], true
		return
	}
	for i := range found {
		if found[i].attribute == "" {
			found[i].attribute = withoutKeys(strings.Join(rest, "."))
		}
	}
}

func (f *follower) variable(module string, parts []string) {
	path := segments(module)
	if len(parts) < 2 || len(path) < 2 {
		return // a variable of the root module is known
	}
	around, name := strings.Join(path[:len(path)-2], "."), withoutKeys(path[len(path)-1])
	config := f.configModule(around)
	if config == nil || config.ModuleCalls[name] == nil {
		f.lost = true
		return
	}
	call := config.ModuleCalls[name]
	if given := call.Expressions[withoutKeys(parts[1])]; given != nil { // otherwise it's the default, which is known
		f.through(around, call.ForEachExpression, given, parts[2:])
	}
}

func (f *follower) output(module string, parts []string) {
	if len(parts) < 3 {
		f.lost = true // one of a module with a key, and the plan doesn't say which output
		return
	}
	inner := inModule(module, strings.Join(parts[:2], "."))
	config := f.configModule(inner)
	if config == nil || config.Outputs[withoutKeys(parts[2])] == nil {
		f.lost = true
		return
	}
	f.through(inner, nil, config.Outputs[withoutKeys(parts[2])].Expression, parts[3:])
}

// resource finds a resource by the first parts of a reference.
func (f *follower) resource(module string, parts []string, named int) {
	if len(parts) < named {
		return // count.index, and the like
	}
	address := inModule(module, strings.Join(parts[:named], "."))
	name := inModule(module, withoutKeys(strings.Join(parts[:named], ".")))
	attribute := withoutKeys(strings.Join(parts[named:], "."))
	for _, one := range []string{address, name, name + "[0]", name + f.from.key()} { // the first, or the one of the same key
		if to := f.changes[one]; to != nil && to != f.from {
			f.found = append(f.found, reached{to, attribute, true})
			return
		}
	}
	if all := f.alike[withoutKeys(address)]; len(all) > 0 {
		f.found = append(f.found, reached{all[0], attribute, len(all) == 1})
	}
}
