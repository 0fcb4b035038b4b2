package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
)

// Register makes Spark's functions in Go known to a database.
func Register(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, f := range sparkfn.All() {
		u := &udf{f: f}
		if u.config, err = u.describe(); err != nil {
			return fault.Errorf(fault.Internal, "%s: %w", f.Name, err)
		}
		if err := duck.RegisterScalarUDF(conn, f.Name, u); err != nil {
			return fault.Errorf(fault.Internal, "DuckDB refuses %s: %w", f.Name, err)
		}
	}
	return nil
}

// A udf is a [sparkfn.Func] as the driver wants it.
type udf struct {
	f      *sparkfn.Func
	config duck.ScalarFuncConfig
}

func (u *udf) Config() duck.ScalarFuncConfig { return u.config }

func (u *udf) Executor() duck.ScalarFuncExecutor {
	return duck.ScalarFuncExecutor{RowExecutor: u.call}
}

// call computes a row. A panic would end the process, and every other run in it.
func (u *udf) call(args []driver.Value) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %v", u.f.Name, p)
		}
	}()
	plain := make([]any, len(args))
	for i, a := range args {
		plain[i] = a
	}
	return u.f.Call(plain)
}

func (u *udf) describe() (c duck.ScalarFuncConfig, err error) {
	c.SpecialNullHandling = u.f.Nulls
	for _, t := range u.f.Args {
		info, err := typeInfo(t)
		if err != nil {
			return c, err
		}
		c.InputTypeInfos = append(c.InputTypeInfos, info)
	}
	if u.f.More != nil {
		if c.VariadicTypeInfo, err = typeInfo(*u.f.More); err != nil {
			return c, err
		}
	}
	c.ResultTypeInfo, err = typeInfo(u.f.Result)
	return c, err
}

var driverTypes = map[relation.Kind]duck.Type{
	relation.Boolean: duck.TYPE_BOOLEAN, relation.Int: duck.TYPE_INTEGER, relation.Long: duck.TYPE_BIGINT,
	relation.Float: duck.TYPE_FLOAT, relation.Double: duck.TYPE_DOUBLE, relation.String: duck.TYPE_VARCHAR, relation.Binary: duck.TYPE_BLOB,
}

func typeInfo(t relation.Type) (duck.TypeInfo, error) {
	if t.Kind == relation.Array {
		elem, err := typeInfo(*t.Elem)
		if err != nil {
			return nil, err
		}
		return duck.NewListInfo(elem)
	}
	k, ok := driverTypes[t.Kind]
	if !ok {
		return nil, fmt.Errorf("no function in Go takes or gives %s", t)
	}
	return duck.NewTypeInfo(k)
}
