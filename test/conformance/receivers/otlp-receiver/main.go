// Runs the OTLP receiver of the OpenTelemetry collector, unmodified, over TLS, and appends what it hands on to a file:
//
//	otlp-receiver <address> <certificate> <key> <file>
//
// One line of JSON (OTLP) for each call. A line is with the operating system before the receiver answers, so a process that is
// killed keeps what it has acknowledged.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		log.Fatal(err)
	}
}

func run(address, certificate, key, path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	marshaler := plog.JSONMarshaler{}
	keep, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error {
		line, err := marshaler.MarshalLogs(logs)
		if err != nil {
			return err
		}
		_, err = file.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return err
	}

	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	settings := confmap.NewFromStringMap(map[string]any{
		"protocols": map[string]any{
			"http": map[string]any{
				"endpoint": address,
				"tls":      map[string]any{"cert_file": certificate, "key_file": key},
			},
		},
	})
	if err := settings.Unmarshal(config); err != nil {
		return err
	}
	ctx := context.Background()
	receiver, err := factory.CreateLogs(ctx, receivertest.NewNopSettings(factory.Type()), config, keep)
	if err != nil {
		return err
	}
	if err := receiver.Start(ctx, componenttest.NewNopHost()); err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	return receiver.Shutdown(ctx)
}
