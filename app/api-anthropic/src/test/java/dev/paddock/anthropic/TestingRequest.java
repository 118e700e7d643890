package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request as the server would hand it over. */
record TestingRequest(
    RequestHead head,
    String body,
    List<Part> multipart,
    Caller caller,
    Map<String, String> parameters)
    implements Request {

  static TestingRequest of(
      String method,
      String pathAndQuery,
      String body,
      List<Part> parts,
      Map<String, List<String>> headers,
      Caller caller) {
    int mark = pathAndQuery.indexOf('?');
    String path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (mark >= 0) {
      for (String pair : pathAndQuery.substring(mark + 1).split("&")) {
        int equals = pair.indexOf('=');
        query
            .computeIfAbsent(decoded(pair.substring(0, equals)), name -> new ArrayList<>())
            .add(decoded(pair.substring(equals + 1)));
      }
    }
    return new TestingRequest(
        new RequestHead(method, path, query, headers), body, parts, caller, Map.of());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  TestingRequest with(Map<String, String> found) {
    return new TestingRequest(head, body, multipart, caller, found);
  }

  @Override
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new AssertionError("no parameter " + name);
    }
    return value;
  }

  @Override
  public String id() {
    return "req_1";
  }

  @Override
  public ObjectNode json() {
    JsonNode json = body.isEmpty() ? Json.object() : anyJson();
    if (!(json instanceof ObjectNode object)) {
      throw new ServerException(ErrorCode.INVALID_REQUEST, "the body must be a JSON object");
    }
    return object;
  }

  @Override
  public JsonNode anyJson() {
    try {
      return Json.tree(body);
    } catch (PaddockException e) {
      throw new ServerException(ErrorCode.INVALID_REQUEST, e.getMessage());
    }
  }

  @Override
  public byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public InputStream stream() {
    return new ByteArrayInputStream(bytes());
  }

  @Override
  public boolean gone() {
    return false;
  }
}
