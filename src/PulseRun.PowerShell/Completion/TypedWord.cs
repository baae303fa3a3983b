using System;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PulseRun.PowerShell.Completion;

/// <summary>Represents the word before the cursor: the beginning of a value, or a wildcard pattern, with or without quotes.</summary>
internal sealed class TypedWord
{
    private readonly char? _quote;
    private readonly WildcardPattern? _pattern;

    public TypedWord(string? word)
    {
        string text = word ?? "";
        if (text.Length > 0 && text[0] is '\'' or '"')
        {
            char quote = text[0];
            _quote = quote;
            text = text.Substring(1);
            // The shell may have added the closing quote.
            if (text.Length > 0 && text[text.Length - 1] == quote)
                text = text.Substring(0, text.Length - 1);
            text = text.Replace(new string(quote, 2), quote.ToString());
        }
        Text = text;
        if (WildcardPattern.ContainsWildcardCharacters(text))
            _pattern = new WildcardPattern(text + "*", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
    }

    /// <summary>Gets the text without its quotes.</summary>
    public string Text { get; }

    /// <summary>Returns true when a value begins with the text, in any case, or matches it as a pattern.</summary>
    public bool Matches(string value)
    {
        if (value.StartsWith(Text, StringComparison.OrdinalIgnoreCase))
            return true;
        try
        {
            return _pattern?.IsMatch(value) ?? false;
        }
        catch (WildcardPatternException)
        {
            // The pattern is invalid because a bracket is not closed yet.
            return false;
        }
    }

    /// <summary>Returns the value as a literal for the command line: without quotes where that is safe, otherwise quoted. The typed kind of quote is kept if it is safe.</summary>
    public string Quote(string value)
    {
        bool isPlain = IsPlain(value);
        if (isPlain && _quote is null)
            return value;
        // Double quotes would expand variables and expressions in the value.
        return isPlain && _quote == '"' ? "\"" + value + "\"" : "'" + CodeGeneration.EscapeSingleQuotedStringContent(value) + "'";
    }

    /// <summary>Returns true when a value needs no quotes. It must begin with a letter: <c>-x</c> would be a parameter, <c>@x</c> a splat, <c>1e3</c> a number.</summary>
    private static bool IsPlain(string value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            bool isLetter = value[i] is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or '_';
            if (!isLetter && (i == 0 || value[i] is not (>= '0' and <= '9' or '-' or '.')))
                return false;
        }
        return value.Length > 0;
    }
}
