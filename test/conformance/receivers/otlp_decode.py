"""Reads an ExportLogsServiceRequest from standard input with the official messages, and prints it as JSON; with a number,
prints the bytes of an ExportLogsServiceResponse that rejects so many records, in hexadecimal."""

import sys

from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

if len(sys.argv) > 1:
    response = ExportLogsServiceResponse()
    response.partial_success.rejected_log_records = int(sys.argv[1])
    response.partial_success.error_message = "refused"
    print(response.SerializeToString().hex())
else:
    request = ExportLogsServiceRequest()
    request.ParseFromString(sys.stdin.buffer.read())
    print(MessageToJson(request, indent=None))
