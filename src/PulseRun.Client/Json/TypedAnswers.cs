using System;
using System.Net.Http;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using Refit;

namespace PulseRun.Client.Json;

/// <summary>Deserializes the answers of typed Refit methods, under the same limits as all others.</summary>
/// <param name="context">The generated code of one resource.</param>
internal sealed class TypedAnswers(JsonSerializerContext context) : IHttpContentSerializer
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    public Task<T?> FromHttpContentAsync<T>(HttpContent content, CancellationToken cancellationToken = default)
    {
        var answer = (AnswerContent)content;
        return Task.FromResult<T?>(Read<T>(answer.Json, answer.Request));
    }

    public HttpContent ToHttpContent<T>(T item) => System.Net.Http.Json.JsonContent.Create(item, (JsonTypeInfo<T>)context.GetTypeInfo(typeof(T))!);

    public string? GetFieldNameForProperty(PropertyInfo propertyInfo) => null;

    private T Read<T>(ReadOnlySpan<byte> json, RequestContext request)
    {
        if (json.StartsWith(Utf8Mark))
            json = json.Slice(Utf8Mark.Length);
        // isFinalBlock is false, so truncated JSON makes the reader return false, while malformed JSON throws.
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(JsonLimits.Reader));
        if (!reader.Read())
            throw Failures.Malformed(request, "the answer is empty");
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Failures.Malformed(request, "the answer is not an object");
        if (!reader.TrySkip())
            throw Failures.Unfinished(request);
        return JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)context.GetTypeInfo(typeof(T))!) ?? throw Failures.Malformed(request, "the answer is empty");
    }
}
