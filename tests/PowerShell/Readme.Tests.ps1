# tests/Hosts/Clone.ps1 runs the block for the shell, which clones the repository and shows the demo.
BeforeAll {
    . $PSScriptRoot/Common.ps1
    $readme = (Get-Content -Raw "$Root/README.md") -replace "`r"
}

Describe 'The README' {
    It 'runs from top to bottom in a new process, and shows current output' {
        & "$Root/tools/Update-Readme.ps1" -Check -Module $ModulePath | Should -BeNullOrEmpty
    }

    It 'is checked: a block that fails and an output that changed are found' {
        Set-Content "$TestDrive/fails.md" "``````powershell`nGet-PRInstance -Id inst_none`n```````n"
        & "$Root/tools/Update-Readme.ps1" -Check -Module $ModulePath -Readme "$TestDrive/fails.md" | Should -Match 'fail'
        # Only numbers differ in the second output.
        $block = { param($code, $output) "``````powershell`n'$code'`n```````n`n``````text`n$output`n```````n`n" }
        Set-Content "$TestDrive/differs.md" ((& $block 'new text 5' 'old text 5') + (& $block 'same text 5' 'same text 77'))
        $found = @(& "$Root/tools/Update-Readme.ps1" -Check -Module $ModulePath -Readme "$TestDrive/differs.md")
        $found | Should -HaveCount 1
        $found | Should -Match 'new text'
    }

    It 'has only blocks that run: PowerShell, their outputs, and one for the shell' {
        $kinds = [regex]::Matches($readme, '(?m)^```(\w*)$(?=\n)') | ForEach-Object { $_.Groups[1].Value } | Where-Object { $_ }
        $kinds | Sort-Object -Unique | Should -Be 'powershell', 'sh', 'text'
        @($kinds -eq 'sh') | Should -HaveCount 1
        @([regex]::Matches($readme, '(?m)^```')).Count | Should -Be (2 * $kinds.Count)
    }

    It 'shows pictures that exist and are small: <_>' -ForEach 'report.png', 'watch.svg', 'completion.svg' {
        $readme | Should -Match ([regex]::Escape("docs/pictures/$_"))
        (Get-Item "$Root/docs/pictures/$_").Length | Should -BeLessThan 200000
    }
}
