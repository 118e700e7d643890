package dev.paddock.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Blobs;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A request as a route sees it. */
record HttpRequest(
    RequestHead head,
    Map<String, String> parameters,
    Caller caller,
    String id,
    BodyStream body,
    BodyBudget budget,
    Blobs blobs,
    BooleanSupplier hungUp)
    implements Request {

  @Override
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route's template has no {" + name + "}");
    }
    return value;
  }

  @Override
  public ObjectNode json() throws IOException {
    JsonNode node = anyJson();
    if (node.isMissingNode()) {
      return Json.object();
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new ServerException(
        ErrorCode.INVALID_REQUEST,
        "the body must be a JSON object, not "
            + node.getNodeType().name().toLowerCase(Locale.ROOT));
  }

  @Override
  public JsonNode anyJson() throws IOException {
    byte[] bytes = bytes();
    if (bytes.length > 0) {
      requireJson();
    }
    return JsonBody.parse(bytes);
  }

  private void requireJson() {
    String type = mediaType();
    if (!type.isEmpty() && !type.equals("application/json") && !type.endsWith("+json")) {
      throw wrongType("application/json", type);
    }
  }

  private String mediaType() {
    String type = head.header("content-type").orElse("");
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  private static ServerException wrongType(String wanted, String sent) {
    String shown = sent.length() > 80 ? sent.substring(0, 80) + "…" : sent;
    return new ServerException(
            ErrorCode.INVALID_REQUEST,
            "the body's content-type must be %s, not \"%s\"".formatted(wanted, shown))
        .withStatus(415);
  }

  @Override
  public byte[] bytes() throws IOException {
    return budget.readAll(body);
  }

  @Override
  public InputStream stream() {
    return body;
  }

  @Override
  public List<Part> multipart() throws IOException {
    if (!mediaType().equals("multipart/form-data")) {
      throw wrongType("multipart/form-data", mediaType());
    }
    return new MultipartBody(body, head.header("content-type").orElse(""), blobs).read();
  }

  @Override
  public boolean gone() {
    return hungUp.getAsBoolean();
  }
}
