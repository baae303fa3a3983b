using System.Collections.Generic;
using System.Linq;
using System.Text;
using Markdig.Syntax;

namespace PulseRun.Help;

/// <summary>Writes the text that Get-Help PulseRun shows: every cmdlet with its synopsis, and the topics.</summary>
internal static class ModuleTopic
{
    private const int Width = 80;
    private const string Indent = "        ";

    public static string Write(IEnumerable<MarkdownPage> cmdlets)
    {
        // Get-Help uses the fifth line as the synopsis.
        var text = new StringBuilder("TOPIC\n    PulseRun\n\nSHORT DESCRIPTION\n    The cmdlets of this module: rent, list, measure, stop and remove GPUs.\n");
        text.Append("\nLONG DESCRIPTION\n    Get-Help NAME -Examples shows how to use a cmdlet. Without a key, begin with\n    Connect-PulseRun -Emulator. Get-Help about_PulseRun explains the rest.\n\nCMDLETS\n");
        foreach (MarkdownPage page in cmdlets.OrderBy(static page => page.Title, System.StringComparer.Ordinal))
        {
            text.Append("    ").Append(page.Title).Append('\n');
            foreach (string line in PlainText.Wrap(PlainText.Of((page.Get("SYNOPSIS").Blocks[0] as ParagraphBlock)?.Inline), Width - Indent.Length))
                text.Append(Indent).Append(line).Append('\n');
        }
        return text.Append("\nSEE ALSO\n    about_PulseRun, about_PulseRun_Launch, about_PulseRun_Idle,\n    about_PulseRun_Emulator\n").ToString();
    }
}
