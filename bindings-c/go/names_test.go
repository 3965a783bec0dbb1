package poundlock

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// names is the list of names that all languages share.
type names struct {
	Functions []string `json:"functions"`
	Classes   map[string]struct {
		Constructors []string `json:"constructors"`
		Properties   []string `json:"properties"`
		Methods      []string `json:"methods"`
	} `json:"classes"`
	Documents []string `json:"documents"`
	Error     struct {
		Attributes []string `json:"attributes"`
	} `json:"error"`
	Exceptions []struct {
		Names []string `json:"names"`
		Not   []string `json:"not"`
		Only  []string `json:"only"`
	} `json:"exceptions"`
}

// excepted says whether a name is not one of Go's.
func (n *names) excepted(name string) bool {
	for _, exception := range n.Exceptions {
		absent := slices.Contains(exception.Not, "go") ||
			exception.Only != nil && !slices.Contains(exception.Only, "go")
		if absent && slices.Contains(exception.Names, name) {
			return true
		}
	}
	return false
}

// own are the names that Go adds to the list: what its users expect of every handle, JSON text in
// place of types, helpers for the types, and an error's conventions.
var own = []string{
	"Charter.JSON",
	"CodeOf",
	"EngineFrom",
	"Engine.AdmitJSON", "Engine.AppendDecision", "Engine.Call", "Engine.Close", "Engine.DecideJSON", "Engine.RecordJSON",
	"Error.Error", "Error.Is", "Error.Unwrap",
	"Ledger.Call", "Ledger.Page",
	"NewCredential",
	"Plan.Call", "Plan.Close",
	"PolicyPack.Call", "PolicyPack.Close",
	"Receipt.JSON",
}

func TestTheNamesAreThoseOfEveryLanguage(t *testing.T) {
	text, err := os.ReadFile("../../tests/names.json")
	if err != nil {
		t.Fatal(err)
	}
	var list names
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}

	listed := map[string]bool{}
	for _, function := range list.Functions {
		if !list.excepted(function) {
			listed[capitals(function)] = true
		}
	}
	for class, names := range list.Classes {
		if list.excepted(class) {
			continue
		}
		listed[class] = true
		for _, constructor := range names.Constructors {
			if list.excepted(class + "." + constructor) {
				continue
			}
			if constructor == "new" {
				listed["New"+class] = true
			} else {
				listed[class+capitals(constructor)] = true
			}
		}
		for _, method := range slices.Concat(names.Properties, names.Methods) {
			if !list.excepted(class + "." + method) {
				listed[class+"."+capitals(method)] = true
			}
		}
	}
	for _, document := range list.Documents {
		listed[document] = true
	}
	for _, attribute := range list.Error.Attributes {
		listed["Error."+capitals(attribute)] = true
	}

	exported := exports(t)
	for name := range listed {
		if !exported[name] {
			t.Errorf("%s is in the list, and not exported", name)
		}
	}
	for name := range exported {
		// Which types there are besides, follows from the schemas and from Go.
		class, _, isMember := strings.Cut(name, ".")
		_, isClass := list.Classes[class]
		isFunction := !isMember && exported["func "+name]
		relevant := isFunction || isMember && (isClass || class == "Error")
		if relevant && !listed[name] && !slices.Contains(own, name) {
			t.Errorf("%s is exported, and not in the list", name)
		}
	}
}

// exports are the package's names: `Call`, `Engine`, `Engine.Decide`; functions are there as `func
// Call` too.
func exports(t *testing.T) map[string]bool {
	packages, err := parser.ParseDir(token.NewFileSet(), ".", func(file fs.FileInfo) bool {
		return !strings.HasSuffix(file.Name(), "_test.go")
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]bool{}
	for _, file := range packages["poundlock"].Files {
		for _, declaration := range file.Decls {
			switch declaration := declaration.(type) {
			case *ast.FuncDecl:
				name := declaration.Name.Name
				if !ast.IsExported(name) {
					continue
				}
				if declaration.Recv == nil {
					exported[name] = true
					exported["func "+name] = true
				} else {
					exported[receiver(declaration)+"."+name] = true
				}
			case *ast.GenDecl:
				for _, spec := range declaration.Specs {
					if spec, isType := spec.(*ast.TypeSpec); isType && spec.Name.IsExported() {
						exported[spec.Name.Name] = true
						for _, name := range fields(spec) {
							exported[spec.Name.Name+"."+name] = true
						}
					}
				}
			}
		}
	}
	return exported
}

func receiver(function *ast.FuncDecl) string {
	kind := function.Recv.List[0].Type
	if pointer, isPointer := kind.(*ast.StarExpr); isPointer {
		kind = pointer.X
	}
	return kind.(*ast.Ident).Name
}

// fields are the exported fields of a struct. What keeps the library's text has JSON as well.
func fields(spec *ast.TypeSpec) []string {
	var names []string
	structure, isStruct := spec.Type.(*ast.StructType)
	if !isStruct {
		return nil
	}
	for _, field := range structure.Fields.List {
		if embedded, isIdent := field.Type.(*ast.Ident); len(field.Names) == 0 && isIdent && embedded.Name == "text" {
			names = append(names, "JSON")
		}
		for _, name := range field.Names {
			if name.IsExported() {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

// capitals writes a name of the list in Go's case.
func capitals(name string) string {
	if name == "json" {
		return "JSON"
	}
	var out strings.Builder
	for _, word := range strings.Split(name, "_") {
		out.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return out.String()
}
