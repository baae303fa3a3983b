namespace PulseRun;

/// <summary>Specifies how a webhook delivery is signed. The service does not document its scheme.</summary>
public enum WebhookScheme
{
    /// <summary>Standard Webhooks: the headers webhook-id, webhook-timestamp and webhook-signature with <c>v1,</c> and base64.</summary>
    StandardWebhooks,

    /// <summary>HMAC-SHA256 of the body in hexadecimal, with or without <c>sha256=</c>.</summary>
    HmacHex,

    /// <summary>HMAC-SHA256 of the body in base64, with or without <c>sha256=</c>.</summary>
    HmacBase64,
}
