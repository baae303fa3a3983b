using System;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Text;
using PulseRun.Core.Webhooks;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Checks the signature of a webhook delivery. Returns $true or $false, whatever the delivery contains.</summary>
[Cmdlet(VerbsDiagnostic.Test, Nouns.WebhookSignature)]
[OutputType(typeof(bool))]
public sealed class TestWebhookSignatureCommand : PulseRunCmdlet
{
    /// <summary>The body of the delivery, as bytes or as text. It must be exactly what arrived: JSON that was parsed and written again has another signature. Text counts as UTF-8.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Body { get; set; }

    /// <summary>The secret, as a SecureString. A Standard Webhooks secret begins with whsec_.</summary>
    [Parameter(Mandatory = true)]
    [NotText]
    [AllowNull]
    public SecureString? Secret { get; set; }

    /// <summary>The signature: the value of the header. It may contain several; one valid signature is enough.</summary>
    [Parameter(Mandatory = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string?[]? Signature { get; set; }

    /// <summary>The header webhook-id. Standard Webhooks needs it; the other schemes do not use it.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? Id { get; set; }

    /// <summary>The header webhook-timestamp, in seconds since 1970. Standard Webhooks needs it. The other schemes do not sign it; if it is given there, an old one is refused too.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? Timestamp { get; set; }

    /// <summary>The scheme by which the delivery is signed: StandardWebhooks (default), HmacHex or HmacBase64 (HMAC-SHA256 of the body). The service does not document its scheme.</summary>
    [Parameter]
    public WebhookScheme Scheme { get; set; } = WebhookScheme.StandardWebhooks;

    /// <summary>The largest difference between the timestamp and this machine's time, in both directions (default 00:05). An older delivery may be a recording.</summary>
    [Parameter]
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override void OnRecord() => Runner.TryItem(null, () =>
    {
        SecretParameters.Check(ReferenceEquals(Secret, NotTextAttribute.Refused) ? Secret : null, nameof(Secret));
        WriteObject(WebhookSignature.IsValid(Scheme, Bytes(Body), Secret, Signature, Id, Timestamp, Tolerance, DateTimeOffset.UtcNow));
    });

    /// <summary>Returns the bytes of a body; null for anything that is neither bytes nor text.</summary>
    private static byte[]? Bytes(object? body) => (body is PSObject wrapped ? wrapped.BaseObject : body) switch
    {
        byte[] bytes => bytes,
        string text => Encoding.UTF8.GetBytes(text),
        object?[] list when list.All(static one => (one is PSObject item ? item.BaseObject : one) is byte) => list.Select(static one => (byte)(one is PSObject item ? item.BaseObject : one!)).ToArray(),
        _ => null,
    };
}
